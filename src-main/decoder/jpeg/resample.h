/** Planes of samples, and how they become larger or smaller: Lanczos with three lobes, without aliasing. */
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <emmintrin.h>
#include <map>
#include <tuple>
#include <vector>

/** For processors with AVX2, compiled for it as well; the loader picks. */
#define FOR_EVERY_PROCESSOR __attribute__((target_clones("avx2", "default")))

namespace {

/** One component of an image: `extent` is how many samples the image itself covers, which may end within a sample. */
struct Plane {
  std::vector<uint8_t> samples;
  int width = 0, height = 0;
  double extentX = 0, extentY = 0;
};

/** Lanczos with three lobes: sinc(x) sinc(x / 3). */
double lanczos3(double x) {
  if (x == 0) return 1;
  if (std::abs(x) >= 3) return 0;
  const double angle = M_PI * x;
  return 3 * std::sin(angle) * std::sin(angle / 3) / (angle * angle);
}

/** Which samples make one new sample, and by which share each. */
struct Window {
  int first;
  std::vector<float> weights;
};

/** From `extent` of `length` samples to `target` new ones that cover the same; wider windows keep aliasing out. */
std::vector<Window> makeWindows(int length, double extent, int target) {
  const double scale = extent / target, stretch = std::max(scale, 1.0);
  std::vector<Window> windows(target);
  for (int to = 0; to < target; to++) {
    const double center = (to + 0.5) * scale - 0.5;
    const int first = std::clamp(int(std::ceil(center - 3 * stretch)), 0, length - 1);
    const int last = std::clamp(int(std::floor(center + 3 * stretch)), first, length - 1);
    double sum = 0;
    for (int at = first; at <= last; at++) sum += lanczos3((at - center) / stretch);
    windows[to].first = first;
    for (int at = first; at <= last; at++) {
      windows[to].weights.push_back(float(lanczos3((at - center) / stretch) / sum));
    }
  }
  return windows;
}

/** Images of one folder are mostly of few sizes, and windows take about as long to make as to use. */
const std::vector<Window> &windowsOf(int length, double extent, int target) {
  static std::map<std::tuple<int, double, int>, std::vector<Window>> known;
  if (known.size() >= 64) known.clear();
  const auto found = known.find({length, extent, target});
  if (found != known.end()) return found->second;
  return known[{length, extent, target}] = makeWindows(length, extent, target);
}

/** Columns made in one go: as many as stay in registers. */
const int block = 32;

/** One block of a new row: the weighted sum of the samples below each other in `window`. */
inline __attribute__((always_inline)) void sumRows(const uint8_t *from, size_t pitch, const Window &window, int columns,
                                                   uint8_t *to) {
  float sums[block] = {};
  for (float weight : window.weights) {
    for (int x = 0; x < columns; x++) sums[x] += weight * float(from[x]);
    from += pitch;
  }
  for (int x = 0; x < columns; x++) to[x] = uint8_t(int(std::min(std::max(sums[x] + 0.5f, 0.0f), 255.0f)));
}

/** Resamples downwards: [rows, width] -> [windows, width]. */
FOR_EVERY_PROCESSOR
void resampleRows(const uint8_t *from, int width, const std::vector<Window> &windows, uint8_t *to) {
  for (const Window &window : windows) {
    const uint8_t *source = from + size_t(window.first) * width;
    int left = 0;
    for (; left + block <= width; left += block) sumRows(source + left, width, window, block, to + left);
    if (left < width) sumRows(source + left, width, window, width - left, to + left);
    to += width;
  }
}

/** Eight rows of eight bytes, turned in registers. */
void transposeTile(const uint8_t *from, size_t fromPitch, uint8_t *to, size_t toPitch) {
  __m128i rows[8], pairs[4], fours[4];
  for (int i = 0; i < 8; i++) rows[i] = _mm_loadl_epi64(reinterpret_cast<const __m128i *>(from + i * fromPitch));
  for (int i = 0; i < 4; i++) pairs[i] = _mm_unpacklo_epi8(rows[2 * i], rows[2 * i + 1]);
  for (int i = 0; i < 2; i++) {
    fours[2 * i] = _mm_unpacklo_epi16(pairs[2 * i], pairs[2 * i + 1]);
    fours[2 * i + 1] = _mm_unpackhi_epi16(pairs[2 * i], pairs[2 * i + 1]);
  }
  for (int i = 0; i < 2; i++) {
    const __m128i low = _mm_unpacklo_epi32(fours[i], fours[i + 2]), high = _mm_unpackhi_epi32(fours[i], fours[i + 2]);
    uint8_t *out = to + 4 * i * toPitch;
    _mm_storel_epi64(reinterpret_cast<__m128i *>(out), low);
    _mm_storel_epi64(reinterpret_cast<__m128i *>(out + toPitch), _mm_unpackhi_epi64(low, low));
    _mm_storel_epi64(reinterpret_cast<__m128i *>(out + 2 * toPitch), high);
    _mm_storel_epi64(reinterpret_cast<__m128i *>(out + 3 * toPitch), _mm_unpackhi_epi64(high, high));
  }
}

/** [height, width] -> [width, height]. */
void transpose(const uint8_t *from, int height, int width, uint8_t *to) {
  const int tile = 8, wholeHeight = height / tile * tile, wholeWidth = width / tile * tile;
  auto turn = [&](int top, int bottom, int left, int right) {
    for (int x = left; x < right; x++) {
      for (int y = top; y < bottom; y++) to[size_t(x) * height + y] = from[size_t(y) * width + x];
    }
  };
  for (int left = 0; left < wholeWidth; left += tile) {
    for (int top = 0; top < wholeHeight; top += tile) {
      transposeTile(from + size_t(top) * width + left, width, to + size_t(left) * height + top, height);
    }
  }
  turn(0, height, wholeWidth, width);
  turn(wholeHeight, height, 0, wholeWidth);
}

/** To `height` x `width` samples, which cover all of the image. */
void resample(Plane &plane, int height, int width) {
  const auto replace = [&](std::vector<uint8_t> &samples) { plane.samples.swap(samples); };
  std::vector<uint8_t> next;
  if (plane.height != height || plane.extentY != height) {
    next.resize(size_t(height) * plane.width);
    resampleRows(plane.samples.data(), plane.width, windowsOf(plane.height, plane.extentY, height), next.data());
    replace(next);
  }
  if (plane.width != width || plane.extentX != width) {
    // Turned, columns are rows.
    next.resize(size_t(plane.width) * height);
    transpose(plane.samples.data(), height, plane.width, next.data());
    replace(next);
    next.resize(size_t(width) * height);
    resampleRows(plane.samples.data(), height, windowsOf(plane.width, plane.extentX, width), next.data());
    replace(next);
    next.resize(size_t(height) * width);
    transpose(plane.samples.data(), width, height, next.data());
    replace(next);
  }
}

}  // namespace

/** Planes of samples, and how they become larger or smaller: Lanczos with three lobes, without aliasing. */
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <immintrin.h>
#include <map>
#include <numeric>
#include <tuple>
#include <vector>

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

/** Which samples make one new sample, and by which share each: 2^14 is the whole, so that 16-bit arithmetic does. */
struct Window {
  int first;
  std::vector<int16_t> weights;
};

/** From `extent` of `length` samples to `target` new ones that cover the same; wider windows keep aliasing out. */
std::vector<Window> makeWindows(int length, double extent, int target) {
  const double scale = extent / target, stretch = std::max(scale, 1.0);
  std::vector<Window> windows(target);
  for (int to = 0; to < target; to++) {
    const double center = (to + 0.5) * scale - 0.5;
    const int left = int(std::ceil(center - 3 * stretch)), right = int(std::floor(center + 3 * stretch));
    const int first = std::clamp(left, 0, length - 1), last = std::clamp(right, 0, length - 1);
    std::vector<double> shares(last - first + 1);
    // Beyond its edges the image goes on as it ends.
    for (int at = left; at <= right; at++) shares[std::clamp(at, first, last) - first] += lanczos3((at - center) / stretch);
    const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
    windows[to].first = first;
    for (double share : shares) windows[to].weights.push_back(int16_t(std::lround(share / sum * 16384)));
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

/**
 * One new sample of column `x`. Sums are of samples times 2^6: overshoot, and the rounding of every product, have room.
 */
inline uint8_t sumColumn(const uint8_t *from, int width, const Window &window, int x) {
  int sum = 0;
  for (int16_t weight : window.weights) {
    sum += ((from[x] << 7) * weight + 0x4000) >> 15;
    from += width;
  }
  return uint8_t(std::clamp((sum + 32) >> 6, 0, 255));
}

/** Resamples downwards: [rows, width] -> [windows, width]. The loader picks the one for this processor. */
__attribute__((target("default")))
void resampleRows(const uint8_t *from, int width, const std::vector<Window> &windows, uint8_t *to) {
  for (const Window &window : windows) {
    for (int x = 0; x < width; x++) *to++ = sumColumn(from + size_t(window.first) * width, width, window, x);
  }
}

/** The same, 32 columns at a time. */
__attribute__((target("avx2")))
void resampleRows(const uint8_t *from, int width, const std::vector<Window> &windows, uint8_t *to) {
  const __m256i half = _mm256_set1_epi16(32);
  for (const Window &window : windows) {
    const uint8_t *rows = from + size_t(window.first) * width;
    int x = 0;
    for (; x + 32 <= width; x += 32) {
      __m256i left = _mm256_setzero_si256(), right = left;
      const uint8_t *source = rows + x;
      for (int16_t weight : window.weights) {
        const __m256i share = _mm256_set1_epi16(weight);
        const __m128i *bytes = reinterpret_cast<const __m128i *>(source);
        const __m256i a = _mm256_slli_epi16(_mm256_cvtepu8_epi16(_mm_loadu_si128(bytes)), 7);
        const __m256i b = _mm256_slli_epi16(_mm256_cvtepu8_epi16(_mm_loadu_si128(bytes + 1)), 7);
        left = _mm256_add_epi16(left, _mm256_mulhrs_epi16(a, share));
        right = _mm256_add_epi16(right, _mm256_mulhrs_epi16(b, share));
        source += width;
      }
      left = _mm256_srai_epi16(_mm256_add_epi16(left, half), 6);
      right = _mm256_srai_epi16(_mm256_add_epi16(right, half), 6);
      // Packing goes by halves of the registers: the quarters are put in order afterwards.
      const __m256i packed = _mm256_permute4x64_epi64(_mm256_packus_epi16(left, right), 0xd8);
      _mm256_storeu_si256(reinterpret_cast<__m256i *>(to + x), packed);
    }
    for (; x < width; x++) to[x] = sumColumn(rows, width, window, x);
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

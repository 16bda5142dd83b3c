/**
 * Plain JPEGs to small upright pixels, by libjpeg-turbo: decoded at 1/8, 1/4, 1/2 or all of their size, in their own
 * planes (brightness and, mostly at half the resolution, colour), each of which is resampled to the size asked for; only
 * then become the few pixels that are left RGB. Whatever is not in perfect order is left to the caller: every function
 * answers null when libjpeg-turbo has the least complaint.
 */
#include <algorithm>
#include <cstdint>
#include <vector>

#include <node_api.h>

#include "resample.h"

// Of libjpeg-turbo 3's TurboJPEG API (its header does not come with the npm package); the symbols are versioned.
extern "C" {
struct Scale { int num, denom; };
void *tj3Init(int kind);
void tj3Destroy(void *handle);
int tj3Set(void *handle, int parameter, int value);
int tj3Get(void *handle, int parameter);
int tj3SetScalingFactor(void *handle, Scale factor);
int tj3DecompressHeader(void *handle, const uint8_t *jpeg, size_t size);
int tj3DecompressToYUVPlanes8(void *handle, const uint8_t *jpeg, size_t size, uint8_t **planes, int *strides);
int tj3Compress8(void *handle, const uint8_t *pixels, int width, int pitch, int height, int format, uint8_t **jpeg,
                 size_t *size);
int tj3YUVPlaneWidth(int plane, int width, int subsampling);
int tj3YUVPlaneHeight(int plane, int height, int subsampling);
void tj3Free(void *buffer);
}

namespace {

enum { COMPRESS = 0, DECOMPRESS = 1 };
enum { STOP_ON_WARNING = 0, QUALITY = 3, SUBSAMPLING = 4, JPEG_WIDTH = 5, JPEG_HEIGHT = 6, SCAN_LIMIT = 13 };
enum { SUBSAMPLING_420 = 2, SUBSAMPLING_GREY = 3 };
enum { FORMAT_RGB = 0, FORMAT_GREY = 6 };

/** How many luma samples a chroma sample covers, by TurboJPEG's number of the subsampling: 444, 422, 420, -, 440, 411, 441. */
const int acrossOf[] = {1, 2, 2, 1, 1, 4, 1};
const int downOf[] = {1, 1, 2, 1, 2, 1, 4};
const int subsamplings = 7;

/** A progressive file can ask for the work of a thousand images; no encoder writes more scans than this. */
const int mostScans = 100;

class Handle {
 public:
  explicit Handle(int kind) : handle(tj3Init(kind)) {}
  ~Handle() { if (handle) tj3Destroy(handle); }
  Handle(const Handle &) = delete;
  operator void *() const { return handle; }

 private:
  void *handle;
};

struct Image {
  Plane planes[3];
  int count = 0;
};

/** Decodes at the least scale that gives at least `height` x `width` samples. False where anything is odd. */
bool decode(const uint8_t *jpeg, size_t size, int height, int width, Image &image) {
  Handle handle(DECOMPRESS);
  if (!handle) return false;
  tj3Set(handle, STOP_ON_WARNING, 1);
  tj3Set(handle, SCAN_LIMIT, mostScans);
  if (tj3DecompressHeader(handle, jpeg, size)) return false;
  const int fullWidth = tj3Get(handle, JPEG_WIDTH), fullHeight = tj3Get(handle, JPEG_HEIGHT);
  const int subsampling = tj3Get(handle, SUBSAMPLING);
  if (subsampling < 0 || subsampling >= subsamplings) return false;
  auto scaled = [](int length, int eighths) { return (length * eighths + 7) / 8; };
  int eighths = 1;
  while (eighths < 8 && (scaled(fullWidth, eighths) < width || scaled(fullHeight, eighths) < height)) eighths *= 2;
  if (tj3SetScalingFactor(handle, {1, 8 / eighths})) return false;

  image.count = subsampling == SUBSAMPLING_GREY ? 1 : 3;
  uint8_t *planes[3] = {};
  int strides[3] = {};
  for (int i = 0; i < image.count; i++) {
    Plane &plane = image.planes[i];
    plane.width = strides[i] = tj3YUVPlaneWidth(i, scaled(fullWidth, eighths), subsampling);
    plane.height = tj3YUVPlaneHeight(i, scaled(fullHeight, eighths), subsampling);
    plane.extentX = fullWidth * eighths / 8.0 / (i ? acrossOf[subsampling] : 1);
    plane.extentY = fullHeight * eighths / 8.0 / (i ? downOf[subsampling] : 1);
    plane.samples.resize(size_t(plane.width) * plane.height);
    planes[i] = plane.samples.data();
  }
  return tj3DecompressToYUVPlanes8(handle, jpeg, size, planes, strides) == 0;
}

/** Where the upright sample [y, x] is stored, by EXIF's orientation: at start + y * down + x * across. */
struct Path {
  int start, down, across;
};

Path pathOf(int orientation, int height, int width) {
  const int last = width - 1, bottom = (height - 1) * width;
  switch (orientation) {
    case 2: return {last, width, -1};
    case 3: return {bottom + last, -width, -1};
    case 4: return {bottom, -width, 1};
    case 5: return {0, 1, width};
    case 6: return {bottom, 1, -width};
    case 7: return {bottom + last, -1, -width};
    case 8: return {last, -1, width};
    default: return {0, width, 1};
  }
}

uint8_t toByte(int value) { return uint8_t(std::clamp(value, 0, 255)); }

/** JFIF's YCbCr (ITU-R BT.601, full range) to RGB, in 16-bit fixed point. Compiled for two kinds of processor. */
__attribute__((target_clones("avx2", "default")))
void writeRgb(const Image &image, int height, int width, int orientation, uint8_t *rgb) {
  const Path path = orientation < 5 ? pathOf(orientation, height, width) : pathOf(orientation, width, height);
  const uint8_t *luma = image.planes[0].samples.data();
  const uint8_t *blue = image.planes[1].samples.data(), *red = image.planes[2].samples.data();
  for (int y = 0; y < height; y++) {
    for (int x = 0; x < width; x++, rgb += 3) {
      const int at = path.start + y * path.down + x * path.across;
      const int cb = blue[at] - 128, cr = red[at] - 128, base = (luma[at] << 16) + 32768;
      rgb[0] = toByte((base + 91881 * cr) >> 16);
      rgb[1] = toByte((base - 22554 * cb - 46802 * cr) >> 16);
      rgb[2] = toByte((base + 116130 * cb) >> 16);
    }
  }
}

/** A grey image, as it is or three times in a row. */
void writeGrey(const Image &image, int height, int width, int orientation, int channels, uint8_t *pixels) {
  const Path path = orientation < 5 ? pathOf(orientation, height, width) : pathOf(orientation, width, height);
  const uint8_t *luma = image.planes[0].samples.data();
  for (int y = 0; y < height; y++) {
    for (int x = 0; x < width; x++) {
      for (int c = 0; c < channels; c++) *pixels++ = luma[path.start + y * path.down + x * path.across];
    }
  }
}

struct Arguments {
  const uint8_t *bytes;
  size_t size;
  int32_t numbers[4];
};

/** The first argument is a Buffer, the others are whole numbers, which the caller has checked. */
Arguments read(napi_env env, napi_callback_info info) {
  napi_value values[5];
  size_t count = 5;
  Arguments given = {};
  void *data = nullptr;
  napi_get_cb_info(env, info, &count, values, nullptr, nullptr);
  napi_get_buffer_info(env, values[0], &data, &given.size);
  given.bytes = static_cast<uint8_t *>(data);
  for (size_t i = 1; i < count; i++) napi_get_value_int32(env, values[i], &given.numbers[i - 1]);
  return given;
}

napi_value null(napi_env env) {
  napi_value value;
  napi_get_null(env, &value);
  return value;
}

/** pixels(jpeg, height, width, channels, orientation): uint8 [height, width, channels], upright; or null. */
napi_value pixels(napi_env env, napi_callback_info info) {
  const Arguments given = read(env, info);
  const auto [height, width, channels, orientation] = given.numbers;
  const bool turned = orientation >= 5;
  const int storedHeight = turned ? width : height, storedWidth = turned ? height : width;
  Image image;
  if (!decode(given.bytes, given.size, storedHeight, storedWidth, image)) return null(env);
  for (int i = 0; i < image.count; i++) resample(image.planes[i], storedHeight, storedWidth);
  void *data;
  napi_value result;
  if (napi_create_buffer(env, size_t(height) * width * channels, &data, &result) != napi_ok) return null(env);
  if (image.count == 3) writeRgb(image, height, width, orientation, static_cast<uint8_t *>(data));
  else writeGrey(image, height, width, orientation, channels, static_cast<uint8_t *>(data));
  return result;
}

/** encode(pixels, height, width, channels, quality): uint8 [height, width, channels] to a JPEG; or null. */
napi_value encode(napi_env env, napi_callback_info info) {
  const Arguments given = read(env, info);
  const auto [height, width, channels, quality] = given.numbers;
  const bool grey = channels == 1;
  Handle handle(COMPRESS);
  if (!handle || given.size != size_t(height) * width * channels) return null(env);
  tj3Set(handle, QUALITY, quality);
  tj3Set(handle, SUBSAMPLING, grey ? SUBSAMPLING_GREY : SUBSAMPLING_420);
  uint8_t *jpeg = nullptr;
  size_t size = 0;
  napi_value result = null(env);
  if (tj3Compress8(handle, given.bytes, width, 0, height, grey ? FORMAT_GREY : FORMAT_RGB, &jpeg, &size) == 0) {
    void *data;
    if (napi_create_buffer_copy(env, size, jpeg, &data, &result) != napi_ok) result = null(env);
  }
  tj3Free(jpeg);
  return result;
}

void define(napi_env env, napi_value exports, const char *name, napi_callback callback) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
  napi_set_named_property(env, exports, name, function);
}

}  // namespace

NAPI_MODULE_INIT() {
  define(env, exports, "pixels", pixels);
  define(env, exports, "encode", encode);
  return exports;
}

"""The same work as bench/images.ts has the decoder do, by tf.data or Pillow; told by a line on stdin, done when it answers.

usage: images.py tensorflow|pillow FOLDER
stdin: a line "pixels" or "thumbnails" for each pass over the folder; stdout: a line when it is done
"""

import glob
import io
import os
import sys

SIDE = 224
THUMBNAIL = 256
QUALITY = 85


def with_tensorflow(files):
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import tensorflow as tf

    def pixels(path):
        image = tf.io.decode_jpeg(tf.io.read_file(path), channels=3, ratio=2)
        return tf.cast(tf.image.resize(image, (SIDE, SIDE)), tf.uint8)

    def thumbnails(path):
        # A quarter of 1024 x 768 is the thumbnail: nothing is left to resize.
        image = tf.io.decode_jpeg(tf.io.read_file(path), channels=3, ratio=4)
        return tf.io.encode_jpeg(image, quality=QUALITY)

    def dataset(work):
        each = tf.data.Dataset.from_tensor_slices(files).map(work, num_parallel_calls=tf.data.AUTOTUNE)
        return each.batch(64).prefetch(tf.data.AUTOTUNE)

    datasets = {"pixels": dataset(pixels), "thumbnails": dataset(thumbnails)}

    def run(what):
        for batch in datasets[what]:
            batch.numpy()

    return run


shared = None


def pillow_pixels(job):
    from PIL import Image

    index, path = job
    image = Image.open(path)
    image.draft("RGB", (SIDE, SIDE))
    data = image.convert("RGB").resize((SIDE, SIDE)).tobytes()
    shared[index * len(data) : (index + 1) * len(data)] = data


def pillow_thumbnail(job):
    from PIL import Image

    image = Image.open(job[1])
    image.draft("RGB", (THUMBNAIL, THUMBNAIL))
    image.thumbnail((THUMBNAIL, THUMBNAIL))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def with_pillow(files):
    """One process a core; pixels go to one array in shared memory, thumbnails to the first process."""
    import multiprocessing

    global shared
    memory = multiprocessing.RawArray("B", len(files) * SIDE * SIDE * 3)
    shared = memoryview(memory).cast("B")
    pool = multiprocessing.get_context("fork").Pool(os.cpu_count())
    work = {"pixels": pillow_pixels, "thumbnails": pillow_thumbnail}

    def run(what):
        for _ in pool.imap_unordered(work[what], enumerate(files), chunksize=8):
            pass

    return run


def main():
    who, folder = sys.argv[1:]
    files = sorted(glob.glob(os.path.join(folder, "*.jpg")))
    run = {"tensorflow": with_tensorflow, "pillow": with_pillow}[who](files)
    for line in sys.stdin:
        run(line.strip())
        print("done", flush=True)


main()

/**
 * To be imported before TensorFlow by a process that predicts many images: a kernel then has one thread, and each thread
 * takes a part of the batch through the whole network (graph/parts.ts). No thread waits for another at the end of each
 * kernel.
 */
import { availableParallelism } from 'node:os';

process.env.TF_NUM_INTEROP_THREADS = process.env.TF_NUM_INTRAOP_THREADS ?? String(availableParallelism());
process.env.TF_NUM_INTRAOP_THREADS = '1';

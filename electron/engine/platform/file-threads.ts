/**
 * File calls at a time where a stick is written (UV_THREADPOOL_SIZE; station.mjs has the same number). FAT as desktops
 * mount it (`flush`) holds every close of a written file for 100 ms, and so many of these pauses overlap.
 */
export const fileThreads = 16;

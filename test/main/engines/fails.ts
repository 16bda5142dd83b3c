/** Cannot start. */
console.error('Loading a library');
throw new Error('libtensorflow_cc.so.2: cannot open shared object file');

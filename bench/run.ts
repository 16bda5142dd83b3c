/**
 * `npm run bench`: all benches one after another, but for those that are run only when they are asked for;
 * `npm run bench -- images`: one of them.
 */
const benches = ['training', 'input', 'images', 'keras-code'];
/** PyTorch and its CUDA libraries are several gigabytes. */
const onlyAsked = ['pytorch-code'];

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => ![...benches, ...onlyAsked].includes(name));
if (unknown !== undefined) {
  console.error(`There is no bench "${unknown}"; there are ${[...benches, ...onlyAsked].join(', ')}.`);
  process.exit(2);
}
for (const name of wanted.length > 0 ? wanted : benches) {
  await import(`./${name}.ts`);
  console.log();
}

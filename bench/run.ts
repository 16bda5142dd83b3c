/** `npm run bench`: all benches one after another; `npm run bench -- images`: one of them. */
const benches = ['training', 'prediction', 'input', 'images', 'keras-code', 'pytorch-code'];

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !benches.includes(name));
if (unknown !== undefined) {
  console.error(`There is no bench "${unknown}"; there are ${benches.join(', ')}.`);
  process.exit(2);
}
for (const name of wanted.length > 0 ? wanted : benches) {
  await import(`./${name}.ts`);
  console.log();
}

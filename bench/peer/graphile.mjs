// Drains the jobs that wait for graphile-worker with its default preset and ten at a time; prints the milliseconds from the
// first start to the last end. Usage: node graphile.mjs <connection string> <number of jobs>
import { createRequire } from "node:module";

const require = createRequire(process.cwd() + "/");
const { run, WorkerPreset, Logger } = require("graphile-worker");
const [connectionString, count] = [process.argv[2], Number(process.argv[3])];

let begun = 0;
let done = 0;
const runner = await run({
    preset: {
        extends: [WorkerPreset],
        worker: { connectionString, concurrentJobs: 10, logger: new Logger(() => () => {}) },
    },
    taskList: { noop: async () => {} },
    noHandleSignals: true,
});
await new Promise((resolve) => {
    runner.events.on("job:start", () => {
        begun ||= performance.now();
    });
    runner.events.on("job:complete", () => {
        if (++done === count) resolve();
    });
});
console.log((performance.now() - begun).toFixed(1));
await runner.stop();

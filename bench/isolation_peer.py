# Our isolation forest beside scikit-learn's: AUC on the sample sets, rows scored in a second. Called by bench/isolation.
# Usage: isolation_peer.py <isolation_score> <folder of .npz sets or -> <scratch folder> <rows> <rounds>
import pathlib
import statistics
import subprocess
import sys
import time

import numpy
import sklearn
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score

program, folder, scratch = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
rows, rounds = int(sys.argv[4]), int(sys.argv[5])

# Published with the sets: scikit-learn 1.2.1, 100 trees of 256 rows, mean of 5 seeds.
TABLE = {"annthyroid": .827, "breastw": .988, "cardio": .932, "Ionosphere": .844, "mammography": .859, "pendigits": .940,
         "Pima": .670, "satellite": .696, "satimage-2": .994, "shuttle": .997, "thyroid": .978, "vowels": .771}


def ours(values, seed):
    values.astype("<f8").tofile(scratch / "rows")
    out = subprocess.run([program, scratch / "rows", str(values.shape[1]), str(seed), scratch / "scores"],
                         check=True, capture_output=True, text=True).stdout
    fit, score = map(float, out.split())
    return numpy.fromfile(scratch / "scores", "<f8"), fit, score


def theirs(values, seed):
    start = time.process_time()
    forest = IsolationForest(n_estimators=100, max_samples=256, random_state=seed, n_jobs=1).fit(values)
    fitted = time.process_time()
    scores = -forest.score_samples(values)
    return scores, fitted - start, time.process_time() - fitted


worst = 0
if folder.is_dir():
    print(f"AUC, mean of 5 seeds (seed 36 is what SQL uses); scikit-learn {sklearn.__version__}: 3 seeds")
    print(f"{'set':14}{'rows':>7}{'ours':>8}{'sd':>7}{'seed 36':>8}{'peer':>8}{'table':>8}{'ours-table':>12}")
    for path in sorted(folder.glob("*.npz"), key=lambda p: p.stem.split("_", 1)[1].lower()):
        name = path.stem.split("_", 1)[1]
        data = numpy.load(path)
        values, labels = data["X"].astype(float), data["y"].astype(int).ravel()
        auc = [roc_auc_score(labels, ours(values, seed)[0]) for seed in range(5)]
        sql = roc_auc_score(labels, ours(values, 36)[0])
        peer = statistics.mean(roc_auc_score(labels, theirs(values, seed)[0]) for seed in range(3))
        mean = statistics.mean(auc)
        worst = max(worst, abs(mean - TABLE[name]), abs(sql - TABLE[name]))
        print(f"{name:14}{len(labels):7}{mean:8.3f}{statistics.stdev(auc):7.3f}{sql:8.3f}{peer:8.3f}{TABLE[name]:8.3f}"
              f"{mean - TABLE[name]:+12.3f}", flush=True)
    print(f"largest distance to the table, the mean's or seed 36's: {worst:.3f}")

values = numpy.random.default_rng(42).normal(size=(rows, 8))
rates = {"ours": [], "peer": []}
for _ in range(rounds):
    for name, run in ("ours", ours), ("peer", theirs):
        scores, fit, score = run(values, 0)
        rates[name].append(rows / score)
    print(f"{rows} x 8: {rates['ours'][-1]:,.0f} and {rates['peer'][-1]:,.0f} rows/s", flush=True)
ratio = statistics.median(a / b for a, b in zip(rates["ours"], rates["peer"]))
print(f"rows scored in a second of one core: ours {statistics.median(rates['ours']):,.0f}, "
      f"scikit-learn {statistics.median(rates['peer']):,.0f}; median ratio {ratio:.1f} (bar 8: {'PASS' if ratio >= 8 else 'below'})")

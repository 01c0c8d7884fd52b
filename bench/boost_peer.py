# fin_boost_train and fin_boost_predict beside python3-xgboost: AUC on the bankruptcy sets, models read by each other,
# seconds of one core. Called by bench/boost.
# Usage: boost_peer.py <boost_train> <folder of the sets or -> <scratch folder> <rounds of the time test> <repeats of the folds>
import csv
import gzip
import json
import pathlib
import statistics
import subprocess
import sys
import time

import numpy
import xgboost

program, folder, scratch = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
rounds, repeats = int(sys.argv[4]), int(sys.argv[5])

# Published with the sets: 300 trees of depth 6, mean and deviation of five folds; the least for acceptance.
TABLE = {"Polish 5year": (.959, .016, .83), "Polish 1year": (.949, .015, .79), "Taiwan": (.937, .023, .69)}
OURS = {"rounds": 300, "depth": 6, "eta": 0.1, "subsample": 0.8, "colsample": 0.8}
THEIRS = {"objective": "binary:logistic", "max_depth": 6, "eta": 0.1, "subsample": 0.8, "colsample_bytree": 0.8,
          "tree_method": "hist", "nthread": 1, "base_score": 0.5, "seed": 0}


def polish(path):
    with gzip.open(path, "rt") as file:
        lines = [line.strip() for line in file if line.strip() and not line.startswith(("@", "%"))]
    table = numpy.array([[numpy.nan if v == "?" else float(v) for v in line.split(",")] for line in lines])
    return table[:, :-1], table[:, -1]


def taiwan(path):
    with gzip.open(path, "rt") as file:
        table = list(csv.DictReader(file))
    names = [name for name in table[0] if name not in ("Index", "Bankrupt?", "Cluster")]
    return (numpy.array([[float(row[name]) for name in names] for row in table]),
            numpy.array([float(row["Bankrupt?"]) for row in table]))


def auc(labels, scores):
    order = numpy.argsort(scores, kind="stable")
    ranks = numpy.empty(len(scores))
    values, first, counts = numpy.unique(scores[order], return_index=True, return_counts=True)
    ranks[order] = numpy.repeat(first + (counts + 1) / 2, counts)
    yes = labels.sum()
    return (ranks[labels == 1].sum() - yes * (yes + 1) / 2) / (yes * (len(labels) - yes))


def recall_at(labels, scores, rate):
    line = numpy.quantile(scores[labels == 0], 1 - rate)
    return (scores[labels == 1] > line).mean()


def folds(labels, count, seed):  # stratified
    random = numpy.random.default_rng(seed)
    fold = numpy.empty(len(labels), int)
    for value in (0, 1):
        places = numpy.flatnonzero(labels == value)
        fold[random.permutation(places)] = numpy.arange(len(places)) % count
    return fold


def write(name, values):
    values.astype("<f8").tofile(scratch / name)
    return scratch / name


def run(*arguments):
    out = subprocess.run([program, *map(str, arguments)], check=True, capture_output=True, text=True).stdout
    return list(map(float, out.split()))


def ours(values, labels, test, seed=0):
    seconds, = run("train", write("rows", values), write("labels", labels), values.shape[1], json.dumps({**OURS, "seed": seed}), scratch / "ours.json")
    run("predict", scratch / "ours.json", write("test", test), test.shape[1], scratch / "found")
    return numpy.fromfile(scratch / "found", "<f4"), seconds


def theirs(values, labels, test, seed=0):
    start = time.process_time()
    model = xgboost.train({**THEIRS, "seed": seed}, xgboost.DMatrix(values.astype(numpy.float32), labels, nthread=1), OURS["rounds"])
    seconds = time.process_time() - start
    model.save_model(scratch / "theirs.json")
    return model.predict(xgboost.DMatrix(test.astype(numpy.float32), nthread=1)), seconds


# Each model in the other's hands: rows whose prediction is not the same float32.
def differing(test, mine, peer):
    read = xgboost.Booster({"nthread": 1})
    read.load_model(scratch / "ours.json")
    there = read.predict(xgboost.DMatrix(test.astype(numpy.float32), nthread=1))
    run("predict", scratch / "theirs.json", write("test", test), test.shape[1], scratch / "found")
    here = numpy.fromfile(scratch / "found", "<f4")
    return int((there.view("<u4") != mine.view("<u4")).sum() + (here.view("<u4") != peer.view("<u4")).sum())


passed = True
if folder.is_dir():
    print(f"AUC, five folds {repeats} times, 300 trees of depth 6; python3-xgboost {xgboost.__version__}")
    print(f"{'set':14}{'rows':>6}{'ours':>8}{'sd':>7}{'peer':>8}{'table':>8}{'recall at 5 %':>15}{'peer':>7}{'table':>7}{'other bits':>12}")
    for name, load, file in (("Polish 5year", polish, "5year.arff.gz"), ("Polish 1year", polish, "1year.arff.gz"),
                             ("Taiwan", taiwan, "taiwan_train_5807.csv.gz")):
        values, labels = load(folder / file)
        found = {"ours": [], "peer": []}
        recall = {"ours": [], "peer": []}
        bits = 0
        for seed in range(repeats):
            fold = folds(labels, 5, seed)
            for k in range(5):
                train, test = fold != k, fold == k
                mine, _ = ours(values[train], labels[train], values[test], seed)
                peer, _ = theirs(values[train], labels[train], values[test], seed)
                for who, scores in (("ours", mine), ("peer", peer)):
                    found[who].append(auc(labels[test], scores))
                    recall[who].append(recall_at(labels[test], scores, .05))
                bits += differing(values[test], mine, peer)
        mean = statistics.mean(found["ours"])
        passed = passed and bits == 0 and mean >= TABLE[name][0] - TABLE[name][1] / 5 ** .5
        print(f"{name:14}{len(labels):6}{mean:8.3f}{statistics.stdev(found['ours']):7.3f}{statistics.mean(found['peer']):8.3f}"
              f"{TABLE[name][0]:8.3f}{statistics.mean(recall['ours']):15.2f}{statistics.mean(recall['peer']):7.2f}"
              f"{TABLE[name][2]:7.2f}{bits:12}", flush=True)
    print(f"AUC not below the table by more than its own standard error, predictions equal: {'PASS' if passed else 'FAIL'}")

# Time: 20,000 rows of 30 numbers to train on, 100,000 to predict.
random = numpy.random.default_rng(42)
values = random.normal(size=(20000, 30))
labels = (values[:, 0] + values[:, 1] * values[:, 2] + random.normal(size=20000) > 0.5).astype(float)
many = random.normal(size=(100000, 30))
training, predicting = [], []
for _ in range(rounds):
    _, mine = ours(values, labels, many[:10])
    _, peer = theirs(values, labels, many[:10])
    training.append(peer / mine)
    reading, mine = run("predict", scratch / "ours.json", write("many", many), 30, scratch / "found")
    model = xgboost.Booster({"nthread": 1})
    model.load_model(scratch / "ours.json")
    start = time.process_time()
    model.predict(xgboost.DMatrix(many.astype(numpy.float32), nthread=1))
    predicting.append((time.process_time() - start) / (reading + mine))
    print(f"reading the model {reading:.3f} s, predicting 100,000 rows {mine:.2f} s", flush=True)
print(f"times as fast as python3-xgboost, median of {rounds}: training 20,000 x 30 {statistics.median(training):.2f}, "
      f"predicting 100,000 x 30 {statistics.median(predicting):.2f}")
sys.exit(0 if passed else 1)

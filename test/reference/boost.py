# Models and predictions of python3-xgboost for test/unit/boost: writes test/data/reference/boost.json.
# Usage: /usr/bin/python3 test/reference/boost.py > test/data/reference/boost.json     (Debian: python3-xgboost 1.7.4)
import json
import sys

import numpy
import xgboost


# A generator that is the same everywhere: Knuth's MMIX.
def numbers(seed):
    state = seed
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        yield (state >> 40) / 2**24


random = numbers(4)
rows, labels = [], []
for i in range(240):
    row = [round(next(random) * 20 - 10, 2), round(next(random) ** 3 * 1e6, 2), float(int(next(random) * 4)), 7.0, round(next(random), 6)]
    signal = row[0] / 10 + (row[1] > 2e5) - 0.4 * (row[2] == 2) + next(random) - 0.8
    labels.append([1.0 if signal > 0 else 0.0, round(signal * 100, 3), float(max(0, int(signal * 3)))])
    rows.append([None if next(random) < 0.1 else value for value in row])

# fin_boost_train sorts rows by their values (missing ones last), then by the label.
matrix = numpy.array([[numpy.nan if v is None else v for v in row] for row in rows], dtype=numpy.float32) + numpy.float32(0)
cases = []
for options, parameters, label in [
    ({}, {}, 0),
    ({"tree_method": "exact", "depth": 3, "eta": 0.1, "lambda": 2, "alpha": 0.5, "gamma": 0.1},
     {"tree_method": "exact", "max_depth": 3, "eta": 0.1, "lambda": 2, "alpha": 0.5, "gamma": 0.1}, 0),
    ({"subsample": 0.7, "colsample": 0.6, "seed": 5, "scale_pos_weight": 3, "monotone": [1, 0, -1]},
     {"subsample": 0.7, "colsample_bytree": 0.6, "seed": 5, "scale_pos_weight": 3, "monotone_constraints": "(1,0,-1,0,0)"}, 0),
    ({"objective": "binary:logitraw", "base_score": 0.2}, {"objective": "binary:logitraw", "base_score": 0.2}, 0),
    ({"objective": "reg:squarederror", "base_score": 10, "min_child_weight": 5}, {"objective": "reg:squarederror", "base_score": 10, "min_child_weight": 5}, 1),
    ({"objective": "count:poisson", "max_bin": 16}, {"objective": "count:poisson", "max_bin": 16}, 2),
]:
    target = numpy.array([l[label] for l in labels], dtype=numpy.float32)
    order = numpy.lexsort([target] + [matrix[:, j] for j in reversed(range(matrix.shape[1]))])
    everything = {"objective": "binary:logistic", "tree_method": "hist", "max_depth": 6, "eta": 0.3, "base_score": 0.5,
                  "nthread": 1, "seed": 0, **parameters}
    trained = xgboost.train(everything, xgboost.DMatrix(matrix[order], target[order]), 6)
    predictions = trained.predict(xgboost.DMatrix(matrix))
    cases.append({"options": {"rounds": 6, **options}, "label": label,
                  "model": trained.save_raw("json").decode(), "predictions": [str(p) for p in predictions]})
json.dump({"xgboost": xgboost.__version__, "rows": rows, "labels": labels, "cases": cases}, sys.stdout, separators=(",", ":"))
print()

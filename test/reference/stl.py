"""Makes test/data/reference/stl.csv: STL decompositions by statsmodels, an independent implementation.

Usage: python3 stl.py > ../data/reference/stl.csv    (pip install statsmodels)
Columns: case, seasonal (length of the seasonal smoother), robust (0/1), i, value, trend, seasonal part, remainder, weight.
The series come from plain arithmetic, so that anyone can make them again.
"""
import math

from statsmodels.tsa.seasonal import STL


def noise(i):
    """A chaotic but reproducible number in [-1, 1]."""
    return math.sin(12.9898 * (i + 1)) * math.cos(78.233 * (i + 1) * (i + 1))


def series(name, n):
    values = []
    for i in range(n):
        value = 100 + 0.8 * i + 20 * math.sin(2 * math.pi * i / 12) + 8 * noise(i)
        if name == "outliers" and i in (7, 31):
            value += 150
        if name == "strong" and i % 12 == 11:
            value *= 2
        values.append(round(value, 6))
    return values


print("case,smoother,robust,i,value,trend,seasonal,remainder,weight")
for name, n in (("plain", 24), ("strong", 33), ("outliers", 48), ("long", 120)):
    values = series(name, n)
    for seasonal in (7, 11):
        # With two or three values per season a season's line all but passes through its values, and robust weights
        # then follow rounding errors: no two programs agree there, so that is compared on four years and more.
        for robust in (0, 1) if n >= 48 else (0,):
            fit = STL(values, period=12, seasonal=seasonal, robust=bool(robust)).fit()
            for i, value in enumerate(values):
                print(f"{name},{seasonal},{robust},{i},{value:.6f},{fit.trend[i]:.12g},"
                      f"{fit.seasonal[i]:.12g},{fit.resid[i]:.12g},{fit.weights[i]:.12g}")

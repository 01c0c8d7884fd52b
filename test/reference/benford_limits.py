# Quantiles of sqrt(n) x MAD for numbers that follow Benford's law exactly: the limits of src/anomaly/benford.cpp.
# Needs numpy. MAD: mean absolute difference between observed and expected shares of the digits.
import numpy

random = numpy.random.default_rng(2026)
for name, low in (("first", 1), ("first two", 10)):
    digits = numpy.arange(low, 10 * low)
    shares = numpy.log10(1 + 1 / digits)
    for n in (300, 1000, 10000, 1000000):
        drawn = numpy.concatenate([random.multinomial(n, shares, size=20000) for _ in range(5)])
        scaled = numpy.abs(drawn / n - shares).mean(axis=1) * numpy.sqrt(n)
        print(f"{name:10} n {n:8}  mean {scaled.mean():.4f}  95 % {numpy.quantile(scaled, .95):.4f}  "
              f"99.9 % {numpy.quantile(scaled, .999):.4f}")

"""Golden values of distribution functions, from scipy, over wide grids. Run: /usr/bin/python3 distributions.py

Values below 1e-300 are left out: there scipy itself loses digits.
"""
import numpy as np
import scipy
from scipy import special, stats
import golden

cases = [{"title": "made with", "scipy": scipy.__version__}]


def table(title, f, *grids):
    rows = []
    for point in np.stack(np.meshgrid(*[np.asarray(g, dtype=float) for g in grids], indexing="ij"), -1).reshape(-1, len(grids)):
        value = float(f(*point))
        if value == 0 or abs(value) >= 1e-300:
            rows.append([*point.tolist(), value])
    cases.append({"title": title, "rows": [r for r in rows if r[-1] != 0]})


z = np.concatenate([np.linspace(-8, 8, 41), [0, 1e-10, -1e-5, 10, 15, 20, 30, 37, 1.959963984540054]])
table("normalSf", stats.norm.sf, z)
table("normalCdf", stats.norm.cdf, z)
p = np.concatenate([np.linspace(0.001, 0.999, 21), 10.0 ** -np.arange(4, 301, 16), 1 - 10.0 ** -np.arange(4, 15, 3), [0.075, 0.925, 0.5]])
table("normalQuantile", stats.norm.ppf, p)
df = [1, 2, 3, 5, 10, 30, 100, 1000, 10000]
x = [1e-6, 0.01, 0.5, 1, 2, 5, 10, 30, 90, 101, 250, 700, 1000, 1300, 2500, 9900, 10500]
table("chiSquareSf", stats.chi2.sf, x, df)
table("chiSquareCdf", stats.chi2.cdf, x, df)
a = [0.1, 0.5, 1, 2.5, 10, 50.5, 333, 5000, 1e5]
table("gammaLower", special.gammainc, a, [1e-5, 0.1, 1, 3, 10, 45, 60, 300, 400, 4900, 5200, 99000, 100500])
table("gammaUpper", special.gammaincc, a, [1e-5, 0.1, 1, 3, 10, 45, 60, 300, 400, 4900, 5200, 99000, 100500])
table("logGamma", special.gammaln, [1e-3, 0.1, 0.5, 0.9, 1.3, 1.7, 2.5, 3, 10, 14.5, 15.5, 100, 1e4, 1e8])
t = [-50, -5, -1, -0.1, 0, 1e-4, 0.3, 1, 2, 4, 8, 15, 30, 100, 1e3, 1e5]
table("studentSf", stats.t.sf, t, [1, 2, 3, 4.5, 10, 30, 100, 1000, 1e5])


def student_quantile(p, df):
    """scipy's ppf is off by up to 1e-8 here and there: polished by Newton's steps on its own cdf, or sf."""
    x = stats.t.ppf(p, df)
    for _ in range(4):
        error = stats.t.cdf(x, df) - p if p < 0.5 else (1 - p) - stats.t.sf(x, df)
        x -= error / stats.t.pdf(x, df)
    return x


table("studentQuantile", student_quantile, [1e-12, 1e-4, 0.025, 0.3, 0.45, 0.8, 0.975, 0.9999], [1, 2, 3, 5, 30, 500])
f = [0.01, 0.3, 1, 1.5, 3, 10, 50, 300, 1e4]
table("fSf", stats.f.sf, f, [1, 2, 5, 20, 100], [1, 2, 5, 20, 100, 1000])
table("fCdf", stats.f.cdf, f, [1, 2, 5, 20, 100], [1, 2, 5, 20, 100, 1000])
b = [0.2, 0.5, 1, 2, 7.5, 40, 300]
table("betaLower", special.betainc, b, b, [1e-8, 1e-3, 0.1, 0.3, 0.5, 0.7, 0.9, 0.999])
table("betaQuantile", stats.beta.ppf, [0.025, 0.3, 0.5, 0.975], b[1:], b[1:])
table("binomialCdf", stats.binom.cdf, [0, 1, 5, 20], [1, 5, 25, 100, 1000], [0.001, 0.1, 0.5, 0.9])
k = np.concatenate([np.linspace(0.05, 3, 40), [4, 6, 10, 15, 18]])
table("kolmogorovLimitSf", special.kolmogorov, k)
n = [1, 2, 3, 5, 10, 25, 80, 139, 140, 141, 200, 1000, 9999, 60000, 100001, 1000000]
rows = []
for size in n:
    scaled = np.concatenate([np.linspace(0.15, 2.6, 30), [3, 4, 6, 10, 13]]) / np.sqrt(size)
    for d in np.concatenate([scaled, [0.3 / size, 0.51 / size, 0.8 / size, 1.0 / size, 0.5, 0.7, 1 - 0.4 / size]]):
        value = float(stats.kstwo.sf(d, size))
        if 0 < d < 1 and value >= 1e-300:
            rows.append([size, float(d), value])
cases.append({"title": "kolmogorovSf", "rows": rows})
table("smirnovSf", lambda d, size: special.smirnov(int(size), d), [0.001, 0.01, 0.03, 0.1, 0.3, 0.5, 0.8], [1, 2, 7, 30, 140, 1000, 50000, 500000])
golden.write(__file__, cases)

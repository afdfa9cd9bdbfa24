"""Reference change points of DDM, Page-Hinkley and ADWIN.

Written from the published algorithms (Gama et al. 2004; Page 1954 with the forgetting factor of Gama et al. 2014; Bifet & Gavalda 2007), since
river is not in Debian: plain Python, independent of the TypeScript. ADWIN is done here with a list of (size, sum, squares) buckets that is
rebuilt by scanning, not with rows; parameters and checks are river's defaults (clock 32, five buckets a row, minimum 5 and 10).
"""
import json, math, random

def ddm(xs, minimum=30):
    out, n, e, best = [], 0, 0.0, None
    state = ''
    for t, x in enumerate(xs):
        n += 1; e += x
        p = e / n; s = math.sqrt(p * (1 - p) / n)
        now = ''
        if n >= minimum:
            if best is None or p + s <= best[0] + best[1]: best = (p, s)
            if p + s > best[0] + 3 * best[1]:
                now = 'drift'; n, e, best = 0, 0.0, None
            elif p + s > best[0] + 2 * best[1]: now = 'warning'
        if now == 'drift' or (now == 'warning' and state != 'warning'): out.append([t, now])
        state = now
    return out

def page_hinkley(xs, delta=0.005, threshold=50, alpha=0.9999, minimum=30):
    out = []
    def fresh(): return dict(n=0, mean=0.0, up=0.0, down=0.0, lo=math.inf, hi=-math.inf)
    s = fresh()
    for t, x in enumerate(xs):
        s['n'] += 1; s['mean'] += (x - s['mean']) / s['n']
        d = x - s['mean']
        s['up'] = alpha * s['up'] + d - delta; s['down'] = alpha * s['down'] + d + delta
        s['lo'] = min(s['lo'], s['up']); s['hi'] = max(s['hi'], s['down'])
        if s['n'] >= minimum and (s['up'] - s['lo'] > threshold or s['hi'] - s['down'] > threshold):
            out.append([t, 'drift']); s = fresh()
    return out

def adwin(xs, delta=0.002, clock=32, least=5, minimum=10, per_row=5):
    buckets, out = [], []  # oldest first: [size, sum, sum of squares]
    for t, x in enumerate(xs):
        buckets.append([1, x, x * x])
        size = 1
        while True:
            same = [i for i, b in enumerate(buckets) if b[0] == size]
            if len(same) <= per_row: break
            i, j = same[0], same[1]
            buckets[i] = [a + b for a, b in zip(buckets[i], buckets[j])]
            del buckets[j]
            size *= 2
        n = sum(b[0] for b in buckets)
        if (t + 1) % clock or n <= minimum: continue
        changed = True; any_cut = False
        while changed:
            changed = False
            n = sum(b[0] for b in buckets); total = sum(b[1] for b in buckets)
            var = sum(b[2] for b in buckets) / n - (total / n) ** 2
            conf = math.log(2 * math.log(n) / delta)
            n0 = 0; s0 = 0.0
            for b in buckets:
                n0 += b[0]; s0 += b[1]
                n1 = n - n0
                if n1 < least: break
                if n0 < least: continue
                m = 1 / (n0 - least + 1) + 1 / (n1 - least + 1)
                eps = math.sqrt(2 * m * var * conf) + 2 / 3 * m * conf
                if abs(s0 / n0 - (total - s0) / n1) > eps: changed = True; break
            if changed: buckets.pop(0); any_cut = True
        if any_cut: out.append([t, 'drift'])
    return out, sum(b[0] for b in buckets), sum(b[1] for b in buckets)

def stream(seed, parts):
    r = random.Random(seed)
    return [int(r.random() < p) for n, p in parts for _ in range(n)]

def numbers(seed, parts):
    r = random.Random(seed)
    return [round(r.gauss(m, s), 6) for n, m, s in parts for _ in range(n)]

streams = {
    'steady errors': stream(1, [(3000, 0.1)]),
    'sudden': stream(2, [(1500, 0.1), (1500, 0.4)]),
    'twice': stream(3, [(1000, 0.05), (1000, 0.3), (1000, 0.6)]),
    'gradual': stream(4, [(500, 0.1)] + [(100, 0.1 + 0.02 * i) for i in range(15)]),
    'better': stream(5, [(1000, 0.5), (1000, 0.1)]),
    'steady numbers': numbers(6, [(2000, 0, 1)]),
    'numbers that rise': numbers(7, [(1000, 0, 1), (1000, 1, 1)]),
    'numbers that fall': numbers(8, [(1000, 3, 0.5), (1000, 2, 0.5)]),
}
result = {}
for name, xs in streams.items():
    points, width, total = adwin(xs)
    result[name] = {'stream': xs, 'page-hinkley': page_hinkley(xs), 'adwin': points, 'width': width, 'sum': total,
                    **({'ddm': ddm(xs)} if set(xs) <= {0, 1} else {})}
json.dump(result, open(__file__.replace('make.py', 'expected.json'), 'w'), separators=(',', ':'))
for name, r in result.items(): print(name, {k: v for k, v in r.items() if k != 'stream'})

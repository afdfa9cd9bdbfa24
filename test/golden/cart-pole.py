"""Reference for lifecycle/train/reinforcement/cart-pole.ts: the equations of Florian, Correct equations for the dynamics of the cart-pole
system (2007), frictionless, as a linear system for the two accelerations, solved by numpy; explicit Euler. Writes cart-pole.json."""
import json
import numpy as np

G, M, m, l, F, TAU = 9.8, 1.0, 0.1, 0.5, 10.0, 0.02


def step(s, action):
    x, v, a, w = s
    f = F if action == 1 else -F
    # (M + m) x'' + m l cos(a) a'' = f + m l w^2 sin(a);  cos(a) x'' + 4/3 l a'' = g sin(a), with a'' counted against the push.
    A = np.array([[M + m, m * l * np.cos(a)], [np.cos(a), 4 / 3 * l]])
    b = np.array([f + m * l * w * w * np.sin(a), G * np.sin(a)])
    xa, aa = np.linalg.solve(A, b)
    return [x + TAU * v, v + TAU * xa, a + TAU * w, w + TAU * aa]


rng = np.random.default_rng(7)
cases = []
for _ in range(20):
    s = [float(k) for k in rng.uniform(-0.2, 0.2, 4)]
    actions = [int(k) for k in rng.integers(0, 2, 8)]
    states, now = [], s
    for action in actions:
        now = step(now, action)
        states.append([float(k) for k in now])
    cases.append({"start": s, "actions": actions, "states": states})
json.dump(cases, open(__file__.replace(".py", ".json"), "w"))

"""The PyTorch half of bench/train/networks.ts: /usr/bin/python3 networks.py MODEL BATCH STEPS THREADS [cuda] prints seconds and processor seconds of STEPS steps."""
import json
import resource
import sys
import time

import torch
import torch.nn as nn

model, batch, steps, threads = sys.argv[1], *map(int, sys.argv[2:5])
device = sys.argv[5] if len(sys.argv) > 5 else "cpu"
torch.set_num_threads(threads)
torch.manual_seed(1)


class Last(nn.Module):
    def __init__(self, features, units):
        super().__init__()
        self.lstm = nn.LSTM(features, units, batch_first=True)

    def forward(self, x):
        return self.lstm(x)[0][:, -1]


class Mean(nn.Module):
    def forward(self, x):
        return x.mean(1)


if model == "mlp":
    x = torch.randn(batch, 784)
    net = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
elif model == "cnn":
    x = torch.randn(batch, 1, 28, 28)
    net = nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
                        nn.Flatten(), nn.Linear(1568, 64), nn.ReLU(), nn.Linear(64, 10))
elif model == "lstm":
    x = torch.randn(batch, 32, 16)
    net = nn.Sequential(Last(16, 64), nn.Linear(64, 10))
else:
    x = torch.randn(batch, 32, 64)
    net = nn.Sequential(nn.TransformerEncoderLayer(64, 4, 256, 0.0, "gelu", batch_first=True, norm_first=True), Mean(), nn.Linear(64, 10))
y = torch.randint(10, (batch,)).to(device)
x, net = x.to(device), net.to(device)
adam = torch.optim.Adam(net.parameters(), lr=1e-3)


def step():
    adam.zero_grad()
    nn.functional.cross_entropy(net(x), y).backward()
    adam.step()


def settled():
    """A GPU computes behind the program's back."""
    if device != "cpu":
        torch.cuda.synchronize()


for _ in range(5):
    step()
settled()
used = resource.getrusage(resource.RUSAGE_SELF)
begin = time.perf_counter()
for _ in range(steps):
    step()
settled()
wall = time.perf_counter() - begin
now = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({**({} if device == "cpu" else {"device": torch.cuda.get_device_name()}), "wall": wall, "cpu": now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime}))

"""Writes sobol.json: points of scipy's unscrambled Sobol sequence. Run: python3 test/golden/train/sobol.py"""
import json
import pathlib

from scipy.stats import qmc

points = qmc.Sobol(12, scramble=False).random(64)
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps([[float(x) for x in row] for row in points]) + "\n")

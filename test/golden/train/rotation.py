"""Images rotated about their centre, bilinear, 0.25 outside: rotation.py > rotation.json (scipy.ndimage)."""
import json

import numpy as np
from scipy.ndimage import affine_transform

rng = np.random.default_rng(7)
cases = []
for height, width, degrees in [(5, 5, 90), (5, 5, -30), (6, 4, 12.5), (3, 7, 170), (8, 8, 0)]:
    image = rng.normal(size=(height, width)).astype(np.float32)
    angle = np.deg2rad(degrees)
    # Counter-clockwise as it is seen (y grows downwards): where each pixel comes from.
    matrix = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    centre = (np.array(image.shape) - 1) / 2
    turned = affine_transform(image.astype(np.float64), matrix, centre - matrix @ centre, order=1, mode="grid-constant", cval=0.25)
    cases.append({"height": height, "width": width, "degrees": degrees, "image": image.ravel().tolist(), "turned": turned.ravel().tolist()})
print(json.dumps(cases))

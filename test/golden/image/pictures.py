"""Pictures decoded, put to grey and resized by Pillow; writes pictures.json beside this file. Run with /usr/bin/python3 (python3-pil, python3-numpy).

The files themselves are in the JSON, in base64. Values are rows of pixels with the channels side by side.
"""

import base64
import io
import json
import os

import numpy as np
from PIL import Image

here = os.path.dirname(os.path.abspath(__file__))
rng = np.random.default_rng(4)


def smooth(height, width):
    """Waves of colour with a little noise: what a JPEG keeps well."""
    y, x = np.mgrid[0:height, 0:width]
    waves = [np.sin(x / 3 + k) * 60 + np.cos(y / (2 + k)) * 50 + 128 for k in range(3)]
    return np.clip(np.stack(waves, -1) + rng.normal(0, 4, (height, width, 3)), 0, 255).astype(np.uint8)


def noise(height, width):
    return rng.integers(0, 256, (height, width, 3), dtype=np.uint8)


def encoded(image, format, **options):
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return base64.b64encode(buffer.getvalue()).decode()


palette = Image.fromarray(smooth(12, 10)).quantize(16)
clear = Image.fromarray(np.dstack([noise(6, 7), rng.integers(0, 256, (6, 7), dtype=np.uint8)]), "RGBA")
white = Image.new("RGBA", clear.size, (255, 255, 255, 255))
white.alpha_composite(clear)
pictures = {
    "png rgb": (encoded(Image.fromarray(noise(21, 17)), "PNG"), None),
    "png grey": (encoded(Image.fromarray(noise(9, 11)[:, :, 0]), "PNG"), None),
    "png palette": (encoded(palette, "PNG"), None),
    "png one bit": (encoded(Image.fromarray(noise(8, 8)[:, :, 0] > 127), "PNG"), None),
    "png transparent": (encoded(clear, "PNG"), white.convert("RGB")),
    "jpeg": (encoded(Image.fromarray(smooth(32, 24)), "JPEG", quality=95, subsampling=0), None),
    "jpeg grey": (encoded(Image.fromarray(smooth(16, 16)[:, :, 1]), "JPEG", quality=90), None),
    "jpeg progressive": (encoded(Image.fromarray(smooth(40, 33)), "JPEG", quality=90, subsampling=0, progressive=True), None),
}
golden = {}
for name, (file, shown) in pictures.items():
    image = (shown or Image.open(io.BytesIO(base64.b64decode(file)))).convert("RGB")
    grey = image.convert("L")
    golden[name] = {
        "file": file,
        "size": [image.height, image.width],
        "rgb": np.asarray(image).ravel().tolist(),
        "grey": np.asarray(grey).ravel().tolist(),
        "resized": [
            {"height": h, "width": w, "rgb": np.asarray(image.resize((w, h), Image.BILINEAR)).ravel().tolist()}
            for h, w in [(8, 8), (5, 30)]
        ],
    }
with open(os.path.join(here, "pictures.json"), "w") as out:
    json.dump(golden, out)
    out.write("\n")

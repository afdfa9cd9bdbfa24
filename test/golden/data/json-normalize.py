"""Reference for nested JSON: the names and values that pandas' json_normalize gives. Writes json-normalize.json: rows, columns, values."""
import json
import pandas as pd

rows = [
    {
        "id": i,
        "address": None if i == 2 else {"city": ["Ulm", "Bonn", "Trier"][i % 3], "geo": {"lat": 48 + i / 8, "lon": 9.5 - i}},
        "customer": {"since": "%02d.%02d.2023" % (i % 28 + 1, i % 12 + 1), "tags": ["a", "b"][: i % 3]},
        "amount": i * 1.5,
    }
    for i in range(40)
]
rows[5]["address"].pop("geo")
rows[7]["customer"]["vip"] = True
table = pd.json_normalize(rows)
table = table.drop(columns=[name for name in table if name == "address"])  # null where the object is
values = {name: [None if v is None or v != v else v for v in table[name].tolist()] for name in sorted(table)}
values["customer.tags"] = [json.dumps(v, separators=(",", ":")) for v in values["customer.tags"]]
json.dump({"rows": rows, "values": values}, open(__file__.replace(".py", ".json"), "w"), indent=1)

"""Holds JSON documents to the schemas of docs/schema with jsonschema: SCHEMAS FOLDER.

FOLDER holds documents named NAME.json or NAME.N.json, of the schema NAME.
"""

import json
import pathlib
import sys

import jsonschema

schemas, folder = map(pathlib.Path, sys.argv[1:])
validators = {}
for path in sorted(schemas.glob("*.schema.json")):
    schema = json.loads(path.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validators[path.name.removesuffix(".schema.json")] = jsonschema.Draft202012Validator(schema)
seen = set()
for path in sorted(folder.glob("*.json")):
    name = path.name.split(".")[0]
    seen.add(name)
    for error in validators[name].iter_errors(json.loads(path.read_text())):
        sys.exit(f"{path.name}: {error.json_path}: {error.message[:300]}")
missing = set(validators) - seen
if missing:
    sys.exit(f"no document of {sorted(missing)}")
print(f"{len(seen)} schemas held")

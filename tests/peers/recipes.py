"""Runs the recipes of docs/recipes.md for DuckDB and Polars in a folder of results: PAGE FOLDER.

Prints for each the number of findings and the dollars, as the recipe's own table has them.
"""

import os
import pathlib
import re
import sys

page, folder = sys.argv[1:]
blocks = re.findall(r"```(\w+)\n(.*?)```", pathlib.Path(page).read_text(), re.S)
recipes = {}
for language, text in blocks:
    named = re.match(r"(?:--|#) recipe: (\w+)\n", text)
    if named:
        recipes.setdefault(named[1], []).append(text)
os.chdir(folder)

import duckdb

connection = duckdb.connect()
answers = []
for text in recipes["duckdb"]:
    for statement in filter(str.strip, text.split(";\n")):
        answers.append(connection.execute(statement.rstrip().rstrip(";")).fetchall())
by_rule, limits = answers[1], answers[2]
print("duckdb", sum(row[1] for row in by_rule), sum(row[3] or 0 for row in by_rule), len(limits))
assert all(row[2] for row in limits), "each limit has its period"

scope = {}
exec(recipes["polars"][0], scope)
table = scope["by_rule"]
print("polars", table["findings"].sum(), table["amount_at_issue"].sum(), table.height)
assert [row[0] for row in by_rule] == table["rule"].to_list()

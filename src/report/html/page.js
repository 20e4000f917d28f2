"use strict";
(function () {
  const value = (row, column) => row.cells[column].textContent.trim();
  const number = (text) => {
    const plain = text.replace(/[$,%]/g, "");
    return plain !== "" && !isNaN(plain) ? Number(plain) : null;
  };
  const compare = (left, right) => {
    const a = number(left), b = number(right);
    if (a !== null && b !== null) return a - b;
    if (a !== null || b !== null) return a !== null ? -1 : 1;
    return left < right ? -1 : left > right ? 1 : 0;
  };
  document.querySelectorAll("table.list").forEach((table) => {
    const heads = table.tHead.rows[0].cells;
    Array.from(heads).forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.textContent = "";
      head.appendChild(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        Array.from(heads).forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const body = table.tBodies[0];
        const rows = Array.from(body.rows).map((row) => [value(row, column), row]);
        rows.sort((left, right) => (down ? -1 : 1) * compare(left[0], right[0]));
        rows.forEach((pair) => body.appendChild(pair[1]));
      });
    });
  });
  document.querySelectorAll("[data-filter]").forEach((list) => {
    const items = list.tagName === "TABLE" ? Array.from(list.tBodies[0].rows)
      : Array.from(list.children);
    const bar = document.createElement("div");
    bar.className = "filter";
    const label = document.createElement("label");
    label.textContent = "Filter ";
    const input = document.createElement("input");
    input.type = "search";
    input.placeholder = list.dataset.filter;
    label.appendChild(input);
    const count = document.createElement("span");
    count.className = "soft";
    count.setAttribute("role", "status");
    bar.append(label, count);
    const frame = list.closest(".wrap") || list;
    frame.parentNode.insertBefore(bar, frame);
    input.addEventListener("input", () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      items.forEach((item) => {
        const text = (item.tagName === "DETAILS" ? item.firstElementChild : item)
          .textContent.toLowerCase();
        const fits = words.every((word) => text.includes(word));
        item.hidden = !fits;
        if (fits) shown += 1;
      });
      count.textContent = words.length ? shown + " of " + items.length : "";
    });
  });
})();

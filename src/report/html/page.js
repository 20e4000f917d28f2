"use strict";
(function () {
  const value = (row, column) => row.cells[column].textContent.trim();
  const number = (text) => {
    const plain = text.replace(/[$,%]/g, "");
    return plain !== "" && !isNaN(plain) ? Number(plain) : null;
  };
  // member 2 before member 11, row 141 before row 10604
  const natural = new Intl.Collator("en", { numeric: true });
  const compare = (left, right) => {
    const a = number(left), b = number(right);
    if (a !== null && b !== null) return a - b;
    if (a !== null || b !== null) return a !== null ? -1 : 1;
    return natural.compare(left, right);
  };
  document.querySelectorAll("table.list").forEach((table) => {
    const heads = table.tHead.rows[0].cells;
    Array.from(heads).forEach((head, column) => {
      // A span, and no button: browsers print buttons of a repeated heading blank.
      const button = document.createElement("span");
      button.setAttribute("role", "button");
      button.tabIndex = 0;
      button.textContent = head.textContent;
      head.textContent = "";
      head.appendChild(button);
      button.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        button.click();
      });
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
    const texts = items.map((item) => (item.cells
      ? Array.from(item.cells, (cell) => cell.textContent).join(" | ")
      : (item.tagName === "DETAILS" ? item.firstElementChild : item).textContent).toLowerCase());
    input.addEventListener("input", () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      // Several words are looked for as they stand ("member 4" is not member 40), and one by one
      // where nowhere they stand so.
      const phrase = words.join(" ");
      const stands = (text) => {
        for (let at = text.indexOf(phrase); at >= 0; at = text.indexOf(phrase, at + 1)) {
          if (!/\d\d/.test(text.substr(at + phrase.length - 1, 2))) return true;
        }
        return false;
      };
      const whole = words.length > 1 && texts.some(stands);
      let shown = 0;
      items.forEach((item, index) => {
        const text = texts[index];
        const fits = whole ? stands(text) : words.every((word) => text.includes(word));
        item.hidden = !fits;
        if (fits) shown += 1;
      });
      count.textContent = words.length ? shown + " of " + items.length : "";
    });
  });
})();

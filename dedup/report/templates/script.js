"use strict";
{
  const STEP = 100; // rows of the list that are in the page at a time

  // Which view is shown is the style sheet's matter; this names it for those who cannot see it change.
  const title = document.title;
  const links = document.querySelectorAll("nav a");
  function arrived(event) {
    const id = decodeURIComponent(location.hash.slice(1));
    const view = document.getElementById(id);
    const heading = view?.matches(".view") ? view.querySelector("h1") : null;
    document.title = heading && id !== "night" ? `${heading.textContent} – ${title}` : title;
    for (const link of links) {
      const here = link.hash === (location.hash || "#night");
      here ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
    }
    if (event && heading) {
      heading.focus({ preventScroll: true });
      if (id.startsWith("story-") || id.startsWith("close-") || id.startsWith("publisher-")) scrollTo(0, 0);
    }
  }
  addEventListener("hashchange", arrived);
  arrived();

  // The list of stories: search, sort, and only so many rows at a time.
  const list = document.getElementById("list");
  if (list) {
    const body = list.tBodies[0], more = document.getElementById("more");
    const count = document.getElementById("count"), search = document.getElementById("search");
    const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
    const rows = [...body.rows].map((row) => ({ row, text: null }));
    let order = rows, found = rows, shown = STEP;

    function show() {
      body.replaceChildren(...found.slice(0, shown).map((each) => each.row));
      more.hidden = found.length <= shown;
      const number = found.length.toLocaleString("en");
      count.textContent = `${number} ${found.length === 1 ? "story" : "stories"}`;
    }
    function look() {
      const words = fold(search.value).split(/\s+/).filter(Boolean);
      for (const each of words.length ? rows : []) each.text ??= fold(`${each.row.innerText || each.row.textContent} ${each.row.dataset.s}`);
      found = words.length ? order.filter((each) => words.every((word) => each.text.includes(word))) : order;
      shown = STEP;
      show();
    }
    function value(row, column) {
      const cell = row.cells[column], text = cell.dataset.v ?? cell.textContent;
      const number = text === "" ? NaN : Number(text);
      return Number.isNaN(number) ? text : number;
    }
    function sort(head, column) {
      const numbers = head.classList.contains("n") || column > 5;
      const first = numbers ? "descending" : "ascending", other = numbers ? "ascending" : "descending";
      const way = head.ariaSort === first ? other : first;
      for (const each of list.tHead.rows[0].cells) each.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", way);
      const sign = way === "ascending" ? 1 : -1;
      const compare = new Intl.Collator("en", { numeric: true, sensitivity: "base" }).compare;
      const keyed = rows.map((each) => [value(each.row, column), each]);
      keyed.sort(([a], [b]) => {
        if (a === "" || b === "") return (a === "") - (b === ""); // what is missing comes last either way
        return sign * (typeof a === "number" && typeof b === "number" ? a - b : compare(String(a), String(b)));
      });
      order = keyed.map(([, each]) => each);
      look();
    }
    for (const [column, head] of [...list.tHead.rows[0].cells].entries()) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      button.addEventListener("click", () => sort(head, column));
      head.append(button);
    }
    search.addEventListener("input", look);
    more.addEventListener("click", () => { shown += STEP; show(); });
    show();
  }

  // A shared passage under the pointer is lit in both texts; a click brings its counterpart into view.
  function both(event) {
    const mark = event.target.closest?.("[data-p]"), pair = mark?.closest(".pair");
    return pair ? [...pair.querySelectorAll(`[data-p="${mark.dataset.p}"]`)] : [];
  }
  addEventListener("mouseover", (event) => both(event).forEach((mark) => mark.classList.add("lit")));
  addEventListener("mouseout", (event) => both(event).forEach((mark) => mark.classList.remove("lit")));
  addEventListener("click", (event) => {
    const side = event.target.closest?.(".side");
    both(event).find((mark) => mark.closest(".side") !== side)?.scrollIntoView({ block: "center" });
  });

  // On paper everything that can be opened is open.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details.witness:not([open])")].filter((each) => each.offsetParent);
    closed.forEach((each) => { each.open = true; });
  });
  addEventListener("afterprint", () => closed.forEach((each) => { each.open = false; }));
}

"use strict";
{
  const main = document.getElementById("sheet"), progress = document.getElementById("progress");
  const note = document.getElementById("note"), marks = document.getElementById("marks");
  const cards = [...main.querySelectorAll(".card")];
  const buttons = [...document.querySelectorAll("[data-label]")];
  const columns = JSON.parse(main.dataset.columns), stored = `wirecopy ${main.dataset.name}`;
  let answers = cards.map(() => ({ label: "", note: "" })), now = 0, unsaved = false;

  // The browser keeps the labels from one visit to the next where it may; the CSV file is what counts.
  try {
    const kept = JSON.parse(localStorage.getItem(stored));
    if (Array.isArray(kept) && kept.length === answers.length) answers = kept;
  } catch { /* nothing kept, or no leave to keep anything */ }
  function keep() {
    unsaved = true;
    try { localStorage.setItem(stored, JSON.stringify(answers)); } catch { /* the CSV file is left */ }
  }

  function show() {
    cards.forEach((card, place) => card.classList.toggle("now", place === now));
    buttons.forEach((button) => button.setAttribute("aria-pressed", button.dataset.label === answers[now].label));
    note.value = answers[now].note;
    const done = answers.filter((answer) => answer.label).length;
    progress.textContent = `pair ${now + 1} of ${cards.length}, ${done} labelled`;
  }
  function go(step) {
    now = Math.min(Math.max(now + step, 0), cards.length - 1);
    show();
    scrollTo(0, 0);
  }
  function judge(label) {
    answers[now].label = label;
    keep();
    label && now < cards.length - 1 ? go(1) : show();
  }
  function mark() {
    marks.setAttribute("aria-pressed", document.body.classList.toggle("marked"));
  }
  function save() {
    const quoted = (value) => `"${String(value).replaceAll('"', '""')}"`;
    const rows = cards.map((card, place) => ({ ...JSON.parse(card.dataset.row), ...answers[place] }));
    const lines = [columns, ...rows.map((row) => columns.map((name) => row[name]))];
    const text = "\ufeff" + lines.map((line) => line.map(quoted).join(",") + "\r\n").join("");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    link.download = "sheet.csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    unsaved = false;
  }

  buttons.forEach((button) => button.addEventListener("click", () => judge(button.dataset.label)));
  for (const [id, act] of [["clear", () => judge("")], ["back", () => go(-1)], ["next", () => go(1)], ["marks", mark], ["save", save]]) {
    document.getElementById(id).addEventListener("click", act);
  }
  note.addEventListener("input", () => { answers[now].note = note.value; keep(); });
  addEventListener("keydown", (event) => {
    if (event.target === note || event.ctrlKey || event.metaKey || event.altKey) return;
    const label = buttons[Number(event.key) - 1]?.dataset.label;
    const acts = { ArrowLeft: () => go(-1), ArrowRight: () => go(1), 0: () => judge(""), m: mark, s: save };
    const act = label ? () => judge(label) : acts[event.key] ?? acts[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  });
  addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
  show();
}

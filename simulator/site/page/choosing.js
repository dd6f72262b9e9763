import * as api from "./api.js";
import { button, element, refusal, show, showLoading } from "./dom.js";
import { clock, dayMonth, fullMoment, hour, text, weekday } from "./texts.js";

const NOON = 12;

async function load(step, request, back) {
  showLoading(step);
  try {
    return await request();
  } catch (problem) {
    return new Promise((resolve) => {
      const again = button(text("retry"), () => resolve(load(step, request, back)), "main");
      show(step, text("steps")[step], refusal(problem, again, back && button(text("back"), back)));
    });
  }
}

export async function chooseSpecialty(next) {
  const found = await load(0, api.specialties);
  const tiles = found.map((one) =>
    element(
      "li",
      {},
      element(
        "button",
        { type: "button", class: "tile", onclick: () => next(one) },
        element("span", { class: "tile-name" }, one.name),
        element("span", { class: "small" }, text("doctorsCount"), String(one.doctors)),
      ),
    ),
  );
  show(0, text("chooseSpecialty"), element("ul", { class: "tiles" }, tiles));
}

const initials = (name) => name.split(" ").slice(0, 2).map((part) => part[0]).join("");

function availability(doctor) {
  if (!doctor.bookable) return text("notBookable");
  return doctor.next_free ? text("nextFree") + fullMoment(doctor.next_free) : text("noFree");
}

export async function chooseDoctor(specialty, next, back) {
  const found = await load(1, () => api.doctors(specialty.id), back);
  const rows = found.map((doctor) =>
    element(
      "li",
      {},
      element(
        "button",
        { type: "button", class: "doctor", disabled: !doctor.bookable, onclick: () => next(doctor) },
        element("span", { class: "avatar", "aria-hidden": "true" }, initials(doctor.name)),
        element(
          "span",
          { class: "doctor-words" },
          element("span", { class: "doctor-name" }, doctor.name),
          element("span", { class: "small" }, `${specialty.name} · ${text("institution")}${doctor.lpu_code}`),
          element("span", { class: "small is-accent" }, availability(doctor)),
        ),
      ),
    ),
  );
  show(1, text("chooseDoctor"), element("ul", { class: "doctors" }, rows), element("div", { class: "actions" }, button(text("back"), back)));
}

const times = (name, slots, next) =>
  slots.length === 0
    ? null
    : element(
        "section",
        { class: "times", "aria-label": name },
        element("h3", {}, name),
        element(
          "div",
          { class: "times-grid" },
          slots.map((slot) => element("button", { type: "button", class: "time", onclick: () => next(slot) }, clock(slot.starts_at))),
        ),
      );

export async function chooseTime(doctor, next, back) {
  const schedule = await load(2, () => api.slots(doctor.id), back);
  const days = schedule.days.filter((day) => day.slots.length > 0);
  const actions = element("div", { class: "actions" }, button(text("back"), back));
  const who = element("p", { class: "who" }, doctor.name);
  if (days.length === 0) {
    show(2, text("chooseTime"), who, element("p", { class: "notice" }, text("nothingFree")), actions);
    return;
  }
  const grid = element("div", { "aria-live": "polite" });
  const chips = days.map((day) =>
    element(
      "button",
      { type: "button", class: "day", "aria-pressed": "false", onclick: () => open(day) },
      element("span", { class: "small" }, weekday(day.slots[0].starts_at)),
      element("span", {}, dayMonth(day.slots[0].starts_at)),
    ),
  );
  function open(day) {
    chips.forEach((chip, index) => chip.setAttribute("aria-pressed", String(days[index] === day)));
    const early = day.slots.filter((slot) => hour(slot.starts_at) < NOON);
    const late = day.slots.filter((slot) => hour(slot.starts_at) >= NOON);
    grid.replaceChildren(...[times(text("morning"), early, next), times(text("afternoon"), late, next)].filter(Boolean));
  }
  open(days[0]);
  const stale = schedule.stale ? element("p", { class: "notice" }, text("stale")) : null;
  show(2, text("chooseTime"), who, stale, element("div", { class: "days", role: "group", "aria-label": text("chooseTime") }, chips), grid, actions);
}

(function (ns) {
  "use strict";

  const NOON = 12;
  const initials = (name) => name.split(" ").slice(0, 2).map((part) => part[0]).join("");

  /** The steps before the form: specialty, doctor, day and time. */
  class Choosing {
    #app;

    constructor(app) {
      this.#app = app;
    }

    async specialty(next) {
      const { texts, view } = this.#app;
      const found = await this.#load(0, () => this.#app.api.specialties());
      const tiles = found.items.map((one) =>
        ns.el(
          "li",
          {},
          ns.el(
            "button",
            { type: "button", class: "emias-tile", onclick: () => next(one) },
            ns.el("span", { class: "emias-name" }, one.name),
            ns.el("span", { class: "emias-small" }, texts.say("DOCTORS_COUNT", { COUNT: one.doctors })),
          ),
        ),
      );
      const list = tiles.length ? ns.el("ul", { class: "emias-tiles" }, tiles) : this.#app.refusal("NO_SPECIALTIES");
      view.show(0, texts.say("CHOOSE_SPECIALTY"), this.#warning(found), list);
    }

    async doctor(specialty, next, back) {
      const { texts, view } = this.#app;
      const found = await this.#load(1, () => this.#app.api.doctors(specialty.id), back);
      const rows = found.items.map((doctor) => this.#row(specialty, doctor, next));
      const list = rows.length ? ns.el("ul", { class: "emias-doctors" }, rows) : this.#app.refusal("NO_DOCTORS");
      view.show(1, texts.say("CHOOSE_DOCTOR"), this.#warning(found), list, ns.actions(ns.button(texts.say("BACK"), back)));
    }

    async time(doctor, next, back) {
      const { texts, view, config } = this.#app;
      const schedule = await this.#load(2, () => this.#app.api.slots(doctor.id, config.horizonDays), back);
      const days = schedule.items.filter((day) => day.slots.length > 0);
      const head = [ns.el("p", { class: "emias-who" }, doctor.name), this.#warning(schedule)];
      const foot = ns.actions(ns.button(texts.say("BACK"), back));
      if (days.length === 0) {
        view.show(2, texts.say("CHOOSE_TIME"), head, this.#app.refusal("NO_SLOTS", { DAYS: config.horizonDays }), foot);
        return;
      }
      const stale = schedule.stale && !schedule.degraded && ns.el("p", { class: "emias-notice" }, texts.say("STALE"));
      view.show(2, texts.say("CHOOSE_TIME"), head, stale, this.#calendar(days, schedule.degraded ? null : next), foot);
    }

    #calendar(days, next) {
      const { texts } = this.#app;
      const grid = ns.el("div", { "aria-live": "polite" });
      const open = (day) => {
        chips.forEach((chip, index) => chip.setAttribute("aria-pressed", String(days[index] === day)));
        const early = day.slots.filter((slot) => texts.hour(slot.starts_at) < NOON);
        const late = day.slots.filter((slot) => texts.hour(slot.starts_at) >= NOON);
        grid.replaceChildren(
          ...[this.#times("MORNING", early, next), this.#times("AFTERNOON", late, next)].filter(Boolean),
        );
      };
      const chips = days.map((day) => {
        const first = day.slots[0].starts_at;
        return ns.el(
          "button",
          { type: "button", class: "emias-day", "aria-pressed": "false", "aria-label": texts.fullDay(first), onclick: () => open(day) },
          ns.el("span", { class: "emias-small" }, texts.weekday(first)),
          ns.el("span", {}, texts.dayMonth(first)),
        );
      });
      open(days[0]);
      return [ns.el("div", { class: "emias-days", role: "group", "aria-label": texts.say("DAYS") }, chips), grid];
    }

    #times(part, slots, next) {
      if (slots.length === 0) return null;
      const { texts } = this.#app;
      const buttons = slots.map((slot) =>
        ns.el(
          "button",
          { type: "button", class: "emias-time", disabled: !next, "aria-label": texts.fullMoment(slot.starts_at), onclick: () => next(slot) },
          texts.clock(slot.starts_at),
        ),
      );
      return ns.el("section", { class: "emias-times", "aria-label": texts.say(part) }, ns.el("h3", {}, texts.say(part)), ns.el("div", { class: "emias-times__grid" }, buttons));
    }

    #row(specialty, doctor, next) {
      const { texts } = this.#app;
      const free = doctor.next_free ? texts.say("NEXT_FREE", { MOMENT: texts.fullMoment(doctor.next_free) }) : texts.say("NO_FREE");
      return ns.el(
        "li",
        {},
        ns.el(
          "button",
          { type: "button", class: "emias-doctor", disabled: !doctor.bookable, onclick: () => next(doctor) },
          ns.el("span", { class: "emias-avatar", "aria-hidden": "true" }, initials(doctor.name)),
          ns.el(
            "span",
            { class: "emias-doctor__words" },
            ns.el("span", { class: "emias-name" }, doctor.name),
            ns.el("span", { class: "emias-small" }, `${specialty.name} · ${texts.say("INSTITUTION", { CODE: doctor.lpu_code || "—" })}`),
            ns.el("span", { class: "emias-small is-accent" }, doctor.bookable ? free : texts.say("NOT_BOOKABLE")),
          ),
        ),
      );
    }

    /** Warns when this is the last copy of the list, or when EMIAS is known to be down. */
    #warning(found) {
      if (found.degraded) {
        const moment = this.#app.texts.clock(found.fetched_at * 1000);
        return this.#app.refusal("DEGRADED", { MOMENT: moment });
      }
      return found.emias === "down" ? this.#app.refusal("EMIAS_DOWN") : null;
    }

    async #load(step, request, back) {
      const { texts, view } = this.#app;
      view.loading(step);
      try {
        return await request();
      } catch (problem) {
        if (!(problem instanceof ns.Problem)) throw problem;
        return new Promise((resolve) => {
          const again = ns.button(texts.say("RETRY"), () => resolve(this.#load(step, request, back)), "main");
          view.show(step, texts.say("UNAVAILABLE"), this.#app.explanation(problem, again, back && ns.button(texts.say("BACK"), back)));
        });
      }
    }
  }

  Object.assign(ns, { Choosing });
})((window.EmiasBooking = window.EmiasBooking || {}));

(function (ns) {
  "use strict";

  /** The component's words, and moments in Moscow time as people say them. */
  class Texts {
    #words;
    #locale;

    constructor(words, language) {
      this.#words = words;
      this.#locale = language === "ru" ? "ru-RU" : "en-GB";
    }

    say(name, values = {}) {
      const words = this.#words[name] || name;
      return Object.entries(values).reduce((text, [key, value]) => text.replaceAll(`#${key}#`, String(value)), words);
    }

    has(name) {
      return name in this.#words;
    }

    /** Says what a problem means to a visitor; what depends on its reason is told in the gateway's own words. */
    problem(problem) {
      const own = `CODE_${problem.code.toUpperCase()}`;
      if (problem.code === "patient_rejected" && problem.detail) return problem.detail;
      return this.say(this.has(own) ? own : "CODE_SITE_ERROR");
    }

    field(error) {
      const own = `FIELD_${String(error.code).toUpperCase()}`;
      return this.has(own) ? this.say(own) : error.message || this.say("FIELD_OTHER");
    }

    clock(moment) {
      return this.#format(moment, { hour: "2-digit", minute: "2-digit" });
    }

    weekday(moment) {
      return this.#format(moment, { weekday: "short" });
    }

    dayMonth(moment) {
      return this.#format(moment, { day: "numeric", month: "short" });
    }

    fullDay(moment) {
      return this.#format(moment, { weekday: "long", day: "numeric", month: "long" });
    }

    fullMoment(moment) {
      return this.#format(moment, { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });
    }

    hour(moment) {
      const options = { timeZone: "Europe/Moscow", hour: "2-digit", hourCycle: "h23" };
      return Number(new Intl.DateTimeFormat("en-GB", options).format(new Date(moment)));
    }

    #format(moment, options) {
      return new Intl.DateTimeFormat(this.#locale, { timeZone: "Europe/Moscow", ...options }).format(new Date(moment));
    }
  }

  Object.assign(ns, { Texts });
})((window.EmiasBooking = window.EmiasBooking || {}));

(function (ns) {
  "use strict";

  /** The callback puts it into the address, so that the page knows before it shows anything that somebody came back. */
  const MARK = "emias_login";
  const OWN = [MARK, "emias_doctor", "emias_slot"];
  const WITH_DOCTOR = new Set(["time", "form"]);
  const SELF = "self";

  /** The login by Gosuslugi: the button, who has logged in, and who is booked. Masks alone ever come to the page. */
  class Identity {
    #app;
    #node;
    #step = "";
    #isOffered = false;
    #person = null;
    #subject = SELF;
    #isByHand = false;
    #said = null;

    constructor(app) {
      this.#app = app;
      this.#node = ns.el("section", { class: "emias-identity", hidden: true, "aria-label": app.texts.say("IDENTITY_TITLE") });
    }

    static hasReturned() {
      return new URLSearchParams(window.location.search).has(MARK);
    }

    render() {
      return this.#node;
    }

    /** Learns who has logged in; a site that cannot tell offers no login. */
    async load() {
      const told = await this.#app.api.identity().catch(() => null);
      if (!told) return;
      this.#isOffered = told.enabled;
      this.#person = told.person;
      if (told.notice) this.#say(this.#notice(told.notice));
      if (Identity.hasReturned()) window.history.replaceState(null, "", this.#path([MARK], {}));
      this.#show();
    }

    /** Follows the steps: what was said at one is no news at the next, and with the ticket on show nobody logs in. */
    follow(step) {
      if (this.#step && this.#step !== step) this.#said = null;
      this.#step = step;
      this.#show();
    }

    get isLoggedIn() {
      return this.#person !== null;
    }

    /** Who is booked by the login: a subject with masks, or null when the form is filled in by hand. */
    subject() {
      if (!this.#person || this.#isByHand) return null;
      const { subjects } = this.#person;
      return subjects.find((one) => one.subject === this.#subject) || subjects[0];
    }

    /** What stands above the form's fields; `changed` is called when other fields are needed. */
    card(changed) {
      if (!this.#person) return null;
      const { texts } = this.#app;
      const turn = (isByHand, words) =>
        ns.actions(
          ns.button(texts.say(words), () => {
            this.#isByHand = isByHand;
            changed();
          }),
        );
      const subject = this.subject();
      if (!subject) return turn(false, "IDENTITY_BACK");
      const lines = [
        [subject.display, subject.snils_mask && texts.say("IDENTITY_SNILS", { SNILS: subject.snils_mask })].filter(Boolean).join(", "),
        !subject.has_snils && texts.say("IDENTITY_SNILS_ABSENT"),
        texts.say(`IDENTITY_OMS_${subject.oms.toUpperCase()}`),
      ];
      return ns.el(
        "div",
        { class: "emias-identity__card" },
        this.#choice(changed),
        ns.el("p", { class: "emias-name" }, texts.say("IDENTITY_DATA")),
        lines.filter(Boolean).map((line) => ns.el("p", {}, line)),
        turn(true, "IDENTITY_BY_HAND"),
      );
    }

    /** Goes on by hand, the login stays for later. */
    fillByHand() {
      this.#isByHand = true;
    }

    /** The booking has spent the login, or the gateway no longer knows it. */
    forget() {
      if (!this.#person) return;
      this.#person = null;
      this.#subject = SELF;
      this.#app.api.forgetIdentity().catch(() => {});
      this.#show();
    }

    #choice(changed) {
      const { subjects } = this.#person;
      if (subjects.length < 2) return null;
      const chosen = this.subject();
      const radio = (one, place) => {
        const id = `emias-subject-${place}`;
        const input = ns.el("input", {
          type: "radio", name: "emias-subject", id, checked: one === chosen,
          onchange: () => {
            this.#subject = one.subject;
            changed();
          },
        });
        return ns.el("div", { class: "emias-consent__row" }, input, ns.el("label", { for: id }, one.display));
      };
      return ns.el("fieldset", {}, ns.el("legend", {}, this.#app.texts.say("IDENTITY_WHOM")), subjects.map(radio));
    }

    #show() {
      const isShown = this.#step !== "ticket" && (this.#isOffered || this.#person !== null || this.#said !== null);
      this.#node.hidden = !isShown;
      if (isShown) this.#node.replaceChildren(...[this.#said, this.#person ? this.#whoIsIn() : this.#offer()].filter(Boolean));
    }

    #whoIsIn() {
      const { texts } = this.#app;
      const { display, snils_mask: mask } = this.#person;
      const words = [texts.say("IDENTITY_PERSON", { NAME: display }), mask && texts.say("IDENTITY_SNILS", { SNILS: mask })];
      return ns.el(
        "div",
        { class: "emias-identity__row" },
        ns.el("p", { class: "emias-identity__who" }, words.filter(Boolean).join(", ")),
        ns.button(texts.say("IDENTITY_LEAVE"), (event) => this.#leave(event.currentTarget)),
      );
    }

    #offer() {
      if (!this.#isOffered) return null;
      const { texts } = this.#app;
      const note = this.#step === "form" ? "IDENTITY_NOTE_FORM" : "IDENTITY_WHY";
      return ns.el(
        "div",
        { class: "emias-identity__row" },
        ns.button(texts.say("IDENTITY_LOGIN"), (event) => this.#login(event.currentTarget)),
        ns.el("p", { class: "emias-small" }, texts.say(note)),
      );
    }

    async #login(button) {
      const { api, texts } = this.#app;
      button.disabled = true;
      button.textContent = texts.say("IDENTITY_GOING");
      try {
        const { url } = await api.startLogin(this.#path(OWN, WITH_DOCTOR.has(this.#step) ? this.#app.place() : {}));
        window.location.assign(url);
      } catch (problem) {
        if (!(problem instanceof ns.Problem)) throw problem;
        this.#say(texts.problem(problem));
        this.#show();
      }
    }

    async #leave(button) {
      const { api, texts } = this.#app;
      button.disabled = true;
      const told = await api.leaveIdentity().catch(() => ({}));
      this.#person = null;
      this.#subject = SELF;
      const link = told.logout_url && ns.el("a", { href: told.logout_url }, texts.say("IDENTITY_LEAVE_ESIA"));
      this.#say(texts.say("IDENTITY_LEFT"), link);
      this.#app.refreshForm();
      this.#show();
    }

    #say(words, link) {
      this.#said = ns.el("p", { class: "emias-notice is-warm", role: "status" }, words, link ? " " : null, link);
    }

    #notice({ code, reason }) {
      const { texts } = this.#app;
      const own = `REASON_${String(reason).toUpperCase()}`;
      return texts.has(own) ? texts.say(own) : texts.problem(new ns.Problem(code));
    }

    /** This page's own address, without some parameters and with others. */
    #path(without, added) {
      const address = new URL(window.location.href);
      without.forEach((name) => address.searchParams.delete(name));
      Object.entries(added).forEach(([name, value]) => value && address.searchParams.set(name, value));
      return address.pathname + address.search;
    }
  }

  Object.assign(ns, { Identity });
})((window.EmiasBooking = window.EmiasBooking || {}));

(function (ns) {
  "use strict";

  /** One booking component on the page: keeps the visitor's choice and leads from step to step. */
  class Appointment {
    config;
    texts;
    api;
    view;
    identity;
    #root;
    #choosing;
    #form;
    #outcome;
    #lookup;
    #specialty = null;
    #doctor = null;

    constructor(root) {
      this.#root = root;
      this.config = JSON.parse(root.dataset.emiasAppointment);
      this.texts = new ns.Texts(this.config.texts, this.config.language);
      this.api = new ns.Api(this.config);
      const stage = ns.el("div", { class: "emias-stage" });
      this.#lookup = this.config.showFind ? new ns.Lookup(this) : null;
      this.identity = new ns.Identity(this);
      root.addEventListener("emias:step", (event) => this.identity.follow(event.detail.step));
      root.replaceChildren(this.identity.render(), stage, ...(this.#lookup ? [this.#lookup.render()] : []));
      this.view = new ns.View(stage, this.texts);
      this.#choosing = new ns.Choosing(this);
      this.#form = new ns.BookingForm(this, {
        times: () => this.#toTimes(),
        outcome: (booking, choice, submission) => this.#outcome.open(booking, choice, submission),
      });
      this.#outcome = new ns.Outcome(this, {
        start: () => {
          this.#form.forget();
          this.#toSpecialties();
        },
        form: (choice, problem) => this.#form.reopen(choice, problem),
      });
    }

    /** Shows the first step; who has logged in is asked before it only where somebody comes back from a login. */
    async start() {
      if (ns.Identity.hasReturned()) {
        await this.identity.load();
        await this.#begin();
      } else {
        await this.#begin();
        await this.identity.load();
        if (this.identity.isLoggedIn) this.refreshForm();
      }
    }

    /** Begins with the specialties, or where the page's address or the component's parameters point. */
    #begin() {
      const asked = new URLSearchParams(window.location.search);
      const doctorId = asked.get("emias_doctor") || this.config.doctor;
      const slotId = asked.get("emias_slot");
      if (!doctorId) return this.#toSpecialties();
      this.#doctor = { id: doctorId, name: this.config.doctorName || "" };
      if (!slotId) return this.#toTimes();
      return this.#form.open({ doctorId, doctorName: "", slotId, startsAt: Date.now() });
    }

    refreshForm() {
      this.#form.refresh();
    }

    /** Tells by which parameters of the address a visitor comes back to where they are. */
    place() {
      return { emias_doctor: this.#doctor && this.#doctor.id, ...this.#form.place() };
    }

    emit(name, detail) {
      this.#root.dispatchEvent(new CustomEvent(`emias:${name}`, { bubbles: true, detail }));
    }

    follow(booking) {
      this.#outcome.follow(booking);
    }

    openLookup() {
      if (this.#lookup) this.#lookup.open();
    }

    /** The reception's telephone and the state portal, where the component knows them. */
    contacts() {
      const { phone, portalUrl } = this.config;
      if (!phone && !portalUrl) return null;
      return ns.el(
        "p",
        { class: "emias-contacts" },
        phone && ns.el("a", { href: `tel:${phone.replace(/[^+\d]/g, "")}` }, this.texts.say("CALL", { PHONE: phone })),
        portalUrl && ns.el("a", { href: portalUrl, rel: "noopener" }, this.texts.say("PORTAL")),
      );
    }

    /** Says why something is not there, and where else to book. */
    refusal(name, values) {
      return ns.el("div", { class: "emias-notice is-warm" }, ns.el("p", {}, this.texts.say(name, values)), this.contacts());
    }

    /** Explains a problem and offers its next step. */
    explanation(problem, ...buttons) {
      const own = buttons.flat().filter(Boolean);
      return ns.el(
        "div",
        { class: "emias-notice is-bad", role: "alert" },
        ns.el("p", {}, this.texts.problem(problem)),
        problem.retryAfter > 0 && ns.el("p", { class: "emias-small" }, this.texts.say("WAIT_SECONDS", { SECONDS: problem.retryAfter })),
        ns.wantsPhone(problem.code) && this.contacts(),
        problem.requestId && ns.el("p", { class: "emias-small" }, this.texts.say("REQUEST_ID", { ID: problem.requestId })),
        own.length > 0 && ns.actions(own),
      );
    }

    #toSpecialties() {
      return this.#choosing.specialty((specialty) => this.#toDoctors(specialty));
    }

    #toDoctors(specialty) {
      this.#specialty = specialty;
      const choose = (doctor) => {
        this.#doctor = doctor;
        this.#toTimes();
      };
      return this.#choosing.doctor(specialty, choose, () => this.#toSpecialties());
    }

    #toTimes() {
      if (!this.#doctor) return this.#toSpecialties();
      const doctor = this.#doctor;
      const hold = (slot) => this.#form.open({ doctorId: doctor.id, doctorName: doctor.name, slotId: slot.id, startsAt: slot.starts_at });
      const back = () => (this.#specialty ? this.#toDoctors(this.#specialty) : this.#toSpecialties());
      return this.#choosing.time(doctor, hold, back);
    }
  }

  const PARTS = ["Api", "Texts", "View", "Choosing", "Identity", "BookingForm", "Outcome", "Lookup"];

  function boot() {
    if (!PARTS.every((name) => name in ns)) return;
    document.querySelectorAll("[data-emias-appointment]").forEach((root) => {
      if (root.dataset.started) return;
      root.dataset.started = "1";
      new Appointment(root).start();
    });
  }

  Object.assign(ns, { bootAppointment: boot });
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", boot);
  else boot();
  // In a block that came by AJAX the parts may be loaded in any order.
  window.addEventListener("load", boot);
})((window.EmiasBooking = window.EmiasBooking || {}));

(function (ns) {
  "use strict";

  /** Nobody knows whether the gateway worked on a submission that ended so: only the same key may be sent again. */
  const UNKNOWN = new Set(["site_unreachable"]);

  /** The step with the form: holds a time, counts it down, sends, and offers other times when it is gone. */
  class BookingForm {
    #app;
    #fields;
    #go;
    #choice = null;
    #hold = null;
    #submission = null;
    #isSent = false;
    #countdown;
    #letGo = Promise.resolve();
    #notice = null;
    #renewButton = null;
    #submitButton = null;

    /** `go` has `times()`, back to the schedule, and `outcome(booking, choice, submission)`. */
    constructor(app, go) {
      this.#app = app;
      this.#go = go;
      this.#fields = new ns.PatientFields(app.texts, app.config.consentUrl, app.identity);
      this.#countdown = new ns.Countdown(app, () => this.#expire());
      window.addEventListener("pagehide", () => this.#release());
      window.addEventListener("pageshow", (event) => event.persisted && this.#choice && this.#expire());
    }

    /** Holds the time of `choice` ({doctorId, doctorName, slotId, startsAt}) and shows the form. */
    async open(choice) {
      const letGo = this.#release();
      this.#choice = choice;
      this.#app.view.loading(3);
      try {
        await letGo;
        const hold = await this.#app.api.hold(choice.slotId, choice.doctorId);
        if (this.#choice !== choice) {
          this.#app.api.release(hold.id);
          return;
        }
        this.#hold = hold;
        this.#choice.startsAt = hold.slot.starts_at;
        this.#choice.doctorName = hold.doctor.name;
        this.#render();
        this.#countdown.start(hold.seconds_left);
        this.#app.emit("held", { slot: hold.slot, doctor: hold.doctor });
      } catch (problem) {
        this.#render();
        this.#explain(problem);
      }
    }

    /** Shows the form again after a submission that came to nothing, with what was typed and why. */
    reopen(choice, problem) {
      this.#isSent = false;
      this.#submission = null;
      this.#choice = choice;
      this.#render();
      this.#explain(problem);
    }

    /** Forgets the patient; what was booked is not for the next one at this screen. */
    forget() {
      this.#fields.clear();
      this.#forgetHold();
      this.#choice = null;
      this.#submission = null;
      this.#isSent = false;
    }

    /** Asks for other fields when somebody has logged in or out. */
    refresh() {
      this.#fields.refresh();
    }

    /** Tells what the form is for, so that a visitor who logs in comes back to it. */
    place() {
      return this.#choice ? { emias_doctor: this.#choice.doctorId, emias_slot: this.#choice.slotId } : {};
    }

    /** Goes back to the schedule, in which the time is free again. */
    async leave() {
      this.#choice = null;
      await this.#release();
      this.#go.times();
    }

    #render() {
      const { texts, view } = this.#app;
      this.#notice = ns.el("div");
      this.#renewButton = ns.button(texts.say("RENEW"), () => this.#renew());
      this.#submitButton = ns.el("button", { type: "submit", class: "emias-button is-main" }, texts.say("SUBMIT"));
      this.#showRenewal();
      const onsubmit = (event) => {
        event.preventDefault();
        this.#submit();
      };
      view.show(
        3,
        texts.say("FORM_TITLE"),
        ns.el("p", { class: "emias-who" }, `${this.#choice.doctorName} · ${texts.fullMoment(this.#choice.startsAt)}`),
        this.#countdown.render(this.#renewButton),
        this.#notice,
        ns.el(
          "form",
          { class: "emias-form", novalidate: true, onsubmit },
          this.#fields.render(),
          ns.actions(this.#submitButton, ns.button(texts.say("BACK"), () => this.leave())),
        ),
      );
    }

    #showRenewal() {
      this.#renewButton.hidden = !(this.#hold && this.#hold.renewals_left);
    }

    /** A hold whose form is on its way is the gateway's to end. */
    #release() {
      const hold = this.#isSent ? null : this.#hold;
      this.#forgetHold();
      if (hold) this.#letGo = this.#app.api.release(hold.id);
      return this.#letGo;
    }

    #forgetHold() {
      this.#hold = null;
      this.#countdown.stop();
    }

    /** The page's five minutes may end a moment before the gateway's: the hold is let go, so that it can be taken anew. */
    #expire() {
      if (this.#isSent) return;
      this.#release();
      this.#say(this.#app.texts.say("CODE_HOLD_EXPIRED"), this.#holdAgain());
    }

    #holdAgain() {
      return ns.button(this.#app.texts.say("HOLD_AGAIN"), () => this.open(this.#choice), "main");
    }

    async #renew() {
      this.#renewButton.disabled = true;
      try {
        const hold = await this.#app.api.renew(this.#hold.id);
        this.#hold = { ...this.#hold, ...hold };
        this.#countdown.start(hold.seconds_left);
        this.#app.view.announce(this.#app.texts.say("RENEWED"));
      } catch (problem) {
        if (problem.code === "renewals_exhausted") this.#hold.renewals_left = 0;
        this.#explain(problem);
      } finally {
        this.#renewButton.disabled = false;
        this.#showRenewal();
      }
    }

    async #submit() {
      if (this.#isSent) return;
      if (!this.#hold) {
        this.#say(this.#app.texts.say("CODE_HOLD_EXPIRED"), this.#holdAgain());
        return;
      }
      if (!this.#fields.check()) {
        this.#app.view.announce(this.#app.texts.say("CHECK_FORM"));
        return;
      }
      const submission = this.#keyed({ hold: this.#hold.id, ...this.#fields.values() });
      this.#busy(true);
      try {
        const booking = await this.#app.api.book(submission);
        this.#finish(booking, null);
      } catch (problem) {
        if (ns.nextStep(problem.code) === "poll" || UNKNOWN.has(problem.code)) {
          this.#finish({ state: "unknown", retry_after: problem.retryAfter }, submission);
          return;
        }
        this.#busy(false);
        this.#submission = null;
        this.#explain(problem);
      }
    }

    /** The same form keeps its key, another one gets its own. */
    #keyed(body) {
      const written = JSON.stringify(body);
      if (!this.#submission || this.#submission.written !== written) {
        this.#submission = { written, body: { ...body, key: ns.submissionKey() } };
      }
      return this.#submission.body;
    }

    #finish(booking, submission) {
      this.#countdown.stop();
      if (booking.id && this.#submission.body.subject) this.#app.identity.forget();
      this.#go.outcome(booking, this.#choice, submission);
    }

    #busy(isBusy) {
      this.#isSent = isBusy;
      this.#submitButton.disabled = isBusy;
      this.#submitButton.textContent = this.#app.texts.say(isBusy ? "SUBMITTING" : "SUBMIT");
      if (isBusy) this.#notice.replaceChildren();
    }

    #explain(problem) {
      if (!(problem instanceof ns.Problem)) throw problem;
      const { texts } = this.#app;
      const step = ns.nextStep(problem.code);
      if (step === "rehold") this.#expire();
      else if (step === "offer") this.#offer(problem);
      else if (step === "fields") this.#correct(problem);
      else if (step === "times") this.#sayProblem(problem, ns.button(texts.say("OTHER_TIMES"), () => this.leave(), "main"));
      else if (step === "find") this.#sayProblem(problem, ns.button(texts.say("FIND_TITLE"), () => this.#app.openLookup(), "main"));
      else if (step === "relogin" || step === "byhand") this.#withoutLogin(problem, step);
      else if (step === "again" && !this.#hold) this.#sayProblem(problem, this.#holdAgain());
      else this.#sayProblem(problem);
    }

    #withoutLogin(problem, step) {
      if (step === "relogin") this.#app.identity.forget();
      else this.#app.identity.fillByHand();
      this.#fields.refresh();
      this.#sayProblem(problem);
    }

    #correct(problem) {
      if (problem.reason === "referral_required") {
        this.#fields.ask("referral");
        this.#render();
      }
      this.#sayProblem(problem, ...(this.#hold ? [] : [this.#holdAgain()]));
      this.#fields.markRefused(problem.errors);
    }

    #offer(problem) {
      const { texts } = this.#app;
      this.#forgetHold();
      const offers = problem.alternatives.map((one) =>
        ns.el(
          "li",
          {},
          ns.el(
            "button",
            {
              type: "button",
              class: "emias-offer",
              onclick: () => this.open({ doctorId: one.doctor_id, doctorName: one.doctor_name, slotId: one.slot_id, startsAt: one.starts_at }),
            },
            ns.el("strong", {}, texts.fullMoment(one.starts_at)),
            ns.el("span", { class: "emias-small" }, `${one.doctor_name} · ${texts.say("INSTITUTION", { CODE: one.lpu_code })}`),
          ),
        ),
      );
      const words = texts.say(offers.length ? "ALTERNATIVES" : "NO_ALTERNATIVES");
      const heading = ns.el("h3", { tabindex: "-1" }, texts.problem(problem));
      const other = ns.actions(ns.button(texts.say("OTHER_TIMES"), () => this.leave()));
      this.#notice.replaceChildren(
        ns.el("div", { class: "emias-notice is-bad" }, heading, ns.el("p", {}, words), ns.el("ul", { class: "emias-offers" }, offers), other),
      );
      this.#app.view.focus(heading);
    }

    #say(words, ...buttons) {
      this.#notice.replaceChildren(ns.el("div", { class: "emias-notice is-bad", role: "alert" }, ns.el("p", {}, words), ns.actions(buttons)));
    }

    #sayProblem(problem, ...buttons) {
      this.#notice.replaceChildren(this.#app.explanation(problem, ...buttons));
    }
  }

  Object.assign(ns, { BookingForm });
})((window.EmiasBooking = window.EmiasBooking || {}));

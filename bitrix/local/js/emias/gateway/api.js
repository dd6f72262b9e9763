(function (ns) {
  "use strict";

  /** A refusal; `code` is stable, the rest helps with the next step. */
  class Problem extends Error {
    constructor(code, message, details) {
      super(message || code);
      this.code = code;
      this.detail = message || "";
      this.reason = (details && details.reason) || "";
      this.requestId = (details && details.request_id) || "";
      this.retryAfter = Number(details && details.retry_after) || 0;
      this.alternatives = (details && details.alternatives) || [];
      this.errors = (details && details.errors) || [];
    }
  }

  function fill(form, name, value) {
    if (value !== null && typeof value === "object") {
      Object.entries(value).forEach(([key, inner]) => fill(form, `${name}[${key}]`, inner));
    } else if (value !== undefined && value !== null) {
      form.append(name, String(value));
    }
  }

  /** Calls the site's own server; neither the gateway's address nor its key is known here. */
  class Api {
    #endpoint;
    #site;
    #token = "";

    constructor(config) {
      this.#endpoint = config.endpoint;
      this.#site = config.site;
    }

    specialties() {
      return this.#component("appointment", "specialties", {});
    }

    doctors(specialty) {
      return this.#component("appointment", "doctors", { specialty });
    }

    nearest(doctor, limit) {
      return this.#component("doctor.slots", "nearest", { doctor, limit });
    }

    slots(doctor, days) {
      return this.#module("booking.slots", { doctor, days });
    }

    hold(slot, doctor) {
      return this.#module("booking.hold", { slot, doctor });
    }

    renew(hold) {
      return this.#module("booking.renew", { hold });
    }

    /** Lets go of a hold, also while the page is being left; a hold that stays ends by itself. */
    async release(hold) {
      await this.#send(this.#address("booking.release"), { hold }, true).catch(() => {});
    }

    book(submission) {
      return this.#module("booking.book", submission);
    }

    status(booking) {
      return this.#module("booking.status", { booking: booking.id, pass: booking.pass });
    }

    find(ticket, birthDate) {
      return this.#module("booking.find", { ticket, birthDate });
    }

    cancel(booking, key) {
      return this.#module("booking.cancel", { booking: booking.id, pass: booking.pass, key });
    }

    identity() {
      return this.#module("identity.state", {});
    }

    startLogin(returnPath) {
      return this.#module("identity.start", { returnPath });
    }

    leaveIdentity() {
      return this.#module("identity.leave", {});
    }

    forgetIdentity() {
      return this.#module("identity.forget", {});
    }

    #address(action) {
      return `${this.#endpoint}?action=emias:gateway.${action}`;
    }

    #module(action, data) {
      return this.#call(this.#address(action), data);
    }

    #component(name, action, data) {
      return this.#call(`${this.#endpoint}?mode=class&c=emias%3A${name}&action=${action}`, data);
    }

    /** A page out of the composite cache has an old token or none: the refusal brings a new one, tried once. */
    async #call(address, data) {
      let answer = await this.#send(address, data, false);
      const stale = (answer.errors || []).find((error) => error.code === "invalid_csrf");
      if (stale && stale.customData && stale.customData.csrf) {
        this.#token = stale.customData.csrf;
        answer = await this.#send(address, data, false);
      }
      if (answer.status === "success") return answer.data;
      const error = (answer.errors || [])[0] || {};
      throw new Problem(String(error.code || "site_error"), error.message, error.customData);
    }

    async #send(address, data, keepalive) {
      const form = new FormData();
      Object.entries(data).forEach(([name, value]) => fill(form, name, value));
      form.append("sessid", this.#sessid());
      form.append("SITE_ID", this.#site);
      let response;
      try {
        response = await fetch(address, { method: "POST", body: form, credentials: "same-origin", keepalive });
      } catch {
        throw new Problem("site_unreachable");
      }
      const answer = await response.json().catch(() => null);
      if (!answer || typeof answer.status !== "string") throw new Problem("site_unreachable");
      return answer;
    }

    /** Taken at the time of the call: what stood in the page when it was cached is not this visitor's. */
    #sessid() {
      const kernel = window.BX && typeof window.BX.bitrix_sessid === "function" ? window.BX.bitrix_sessid() : "";
      return this.#token || kernel || "";
    }
  }

  /** A key for one submission: the same form sent again keeps it, so that nothing is booked twice. */
  function submissionKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  Object.assign(ns, { Api, Problem, submissionKey });
})((window.EmiasBooking = window.EmiasBooking || {}));

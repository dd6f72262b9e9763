"use strict";
// The password of a refused login is empty again: the cursor goes to the first empty field.
const first = [...document.querySelectorAll("form input:not([type=hidden])")].find((field) => !field.value);
if (first) first.focus();

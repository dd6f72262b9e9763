<?php

if (!defined('B_PROLOG_INCLUDED') || B_PROLOG_INCLUDED !== true) {
    die();
}

return [
    'js' => [
        '/local/js/emias/gateway/api.js',
        '/local/js/emias/gateway/checks.js',
        '/local/js/emias/gateway/dom.js',
        '/local/js/emias/gateway/texts.js',
        '/local/js/emias/gateway/next.js',
        '/local/js/emias/gateway/countdown.js',
        '/local/js/emias/gateway/identity.js',
        '/local/js/emias/gateway/fields.js',
        '/local/js/emias/gateway/choosing.js',
        '/local/js/emias/gateway/form.js',
        '/local/js/emias/gateway/outcome.js',
        '/local/js/emias/gateway/lookup.js',
    ],
    'rel' => [],
    'skip_core' => true,
];

<?php

// The kernel loads Emias\Gateway\* from lib/ by itself, and the services from .settings.php.
if (!defined('B_PROLOG_INCLUDED') || B_PROLOG_INCLUDED !== true) {
    die();
}

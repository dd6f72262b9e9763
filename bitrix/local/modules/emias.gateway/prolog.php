<?php

define('ADMIN_MODULE_NAME', 'emias.gateway');

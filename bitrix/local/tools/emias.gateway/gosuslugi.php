<?php

/** The page to which Gosuslugi send the visitor back: carries code and state to the gateway, then returns. */

use Bitrix\Main\Context;
use Bitrix\Main\DI\ServiceLocator;
use Bitrix\Main\Loader;

const NO_KEEP_STATISTIC = true;
const NO_AGENT_STATISTIC = true;
const NOT_CHECK_PERMISSIONS = true;

require $_SERVER['DOCUMENT_ROOT'] . '/bitrix/modules/main/include/prolog_before.php';

Loader::requireModule('emias.gateway');
header('Cache-Control: no-store');
header('Referrer-Policy: no-referrer');
$query = Context::getCurrent()->getRequest()->getQueryList()->toArray();
LocalRedirect(ServiceLocator::getInstance()->get('emias.gateway.identity.login')->finish($query));

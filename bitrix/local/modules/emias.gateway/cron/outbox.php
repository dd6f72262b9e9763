<?php

/**
 * Drains the outbox without waiting for visitors. In the crontab of the site's user, once a minute:
 *
 *     * * * * * php -f /path/to/site/local/modules/emias.gateway/cron/outbox.php
 */

declare(strict_types=1);

use Bitrix\Main\DI\ServiceLocator;
use Bitrix\Main\Loader;

if (PHP_SAPI !== 'cli') {
    exit('This file is for the command line.');
}

define('NO_KEEP_STATISTIC', true);
define('NOT_CHECK_PERMISSIONS', true);
define('NO_AGENT_CHECK', true);

$_SERVER['DOCUMENT_ROOT'] = getenv('DOCUMENT_ROOT') ?: dirname(__DIR__, 4);
require $_SERVER['DOCUMENT_ROOT'] . '/bitrix/modules/main/include/prolog_before.php';

if (!Loader::includeModule('emias.gateway')) {
    fwrite(STDERR, "The module emias.gateway is not installed.\n");
    exit(1);
}

echo ServiceLocator::getInstance()->get('emias.gateway.drain')->run(), PHP_EOL;

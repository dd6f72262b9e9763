<?php

/**
 * The stand's site for `php -S 127.0.0.1:<port> web.php`: its pages and the kernel's one address for AJAX.
 *
 * Set up by the environment: STAND_GATEWAY_URL, STAND_GATEWAY_KEY_FILE, STAND_FEED_KEY_FILE, STAND_STATE (a folder for
 * sessions, cache and `elements.json`, the doctors). Files are served by the simulator, which stands before this.
 */

declare(strict_types=1);

require __DIR__ . '/bootstrap.php';
require __DIR__ . '/site.php';

$state = (string) getenv('STAND_STATE');
$path = (string) parse_url((string) $_SERVER['REQUEST_URI'], PHP_URL_PATH);
$language = ($_REQUEST['SITE_ID'] ?? $_GET['lang'] ?? 'ru') === 'en' ? 'en' : 'ru';
define('LANGUAGE_ID', $language);
define('SITE_ID', $language);

Stand\prepare($state);
session_save_path($state . '/sessions');
if ($path === '/bitrix/services/main/ajax.php') {
    Stand\answer_ajax();
} elseif ($path === '/local/tools/emias.gateway/gosuslugi.php') {
    $_SERVER['DOCUMENT_ROOT'] = __DIR__;
    require dirname(__DIR__) . $path;
} elseif ($path === '/' || $path === '/doctor/') {
    Stand\show_page($path);
} else {
    http_response_code(404);
}

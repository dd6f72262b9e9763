<?php

declare(strict_types=1);

namespace Stand;

use Bitrix\Iblock\ElementTable;
use Bitrix\Main\Config\Configuration;
use Bitrix\Main\Context;
use Bitrix\Main\Data\ManagedCache;
use Bitrix\Main\Engine\Controller;
use Bitrix\Main\Error;
use Bitrix\Main\ErrorCollection;
use Bitrix\Main\Loader;
use Bitrix\Main\Type\DateTime;
use Bitrix\Main\UI\Extension;
use CBitrixComponent;
use Emias\Gateway\Config\Settings;

const IBLOCK_ID = 7;
const PHONE = '+7 495 000-00-00';
const PORTAL = 'https://emias.info/';
const CONSENT = '/stand/consent.html';

/** Sets the module up as an administrator would, out of the environment; keys may appear while the stand runs. */
function prepare(string $state): void
{
    Configuration::$values = ['crypto' => ['crypto_key' => hash_file('sha256', $state . '/crypto-key')]];
    ManagedCache::$folder = $state . '/cache';
    Loader::includeModule('emias.gateway');
    $settings = new Settings();
    $settings->save('gateway_url', (string) getenv('STAND_GATEWAY_URL'));
    $settings->save('source_id', (string) IBLOCK_ID);
    $settings->keep('api_key', keys('STAND_GATEWAY_KEY_FILE')[0] ?? '');
    foreach (array_slice(keys('STAND_FEED_KEY_FILE'), 0, 2) as $place => $key) {
        $settings->keep(['feed_key', 'feed_key_next'][$place], $key);
    }
    $settings->keep('visitor_secret', (string) file_get_contents($state . '/crypto-key'));
}

/**
 * @return list<string>
 */
function keys(string $variable): array
{
    $file = (string) getenv($variable);
    $text = is_file($file) ? (string) file_get_contents($file) : '';

    return array_values(array_filter(array_map('trim', explode("\n", $text))));
}

function answer_ajax(): void
{
    read_elements((string) getenv('STAND_STATE'));
    $errors = new ErrorCollection();
    $data = act($errors);
    $isDone = count($errors) === 0;
    header('HTTP/1.1 ' . Context::getCurrent()->getResponse()->status);
    header('Content-Type: application/json; charset=UTF-8');
    header('Cache-Control: no-store');
    echo json_encode(
        ['status' => $isDone ? 'success' : 'error', 'data' => $isDone ? $data : null, 'errors' => $errors->toArray()],
        JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR,
    );
}

function act(ErrorCollection $errors): mixed
{
    $request = Context::getCurrent()->getRequest();
    if (!$request->getHeader('X-Gateway-Key')) {
        open_session();
    }
    $action = (string) $request->get('action');
    if ($request->get('mode') === 'class') {
        $name = (string) $request->get('c');

        return preg_match('/^emias:(appointment|doctor\.slots)$/D', $name)
            ? CBitrixComponent::make($name)->act($action, $request->values(), $errors)
            : unknown($errors);
    }
    if (!preg_match('/^emias:gateway\.(booking|feed|identity)\.(\w+)$/D', $action, $parts)) {
        return unknown($errors);
    }
    $class = 'Emias\\Gateway\\Controller\\' . ucfirst($parts[1]);
    /** @var Controller $controller */
    $controller = new $class();
    $result = $controller->run($parts[2], $request->values());
    foreach ($controller->getErrors() as $error) {
        $errors[] = $error;
    }

    return $result;
}

function open_session(): void
{
    session_start(['name' => 'PHPSESSID', 'cookie_httponly' => true, 'cookie_samesite' => 'Lax']);
}

function unknown(ErrorCollection $errors): mixed
{
    Context::getCurrent()->getResponse()->setStatus('404 Not Found');
    $errors[] = new Error('Could not find the action', '22002');

    return null;
}

/** Lays the stand's doctors into the information block. */
function read_elements(string $state): void
{
    $rows = json_decode((string) file_get_contents($state . '/elements.json'), true, 16, JSON_THROW_ON_ERROR);
    foreach ($rows as $row) {
        foreach (['ACTIVE_FROM', 'ACTIVE_TO', 'TIMESTAMP_X'] as $name) {
            $row[$name] = $row[$name] === null ? null : new DateTime($row[$name]);
        }
        ElementTable::add($row + ['IBLOCK_ID' => IBLOCK_ID]);
    }
}

function show_page(string $path): void
{
    $component = $path === '/'
        ? CBitrixComponent::make('emias:appointment')->show([
            'PHONE' => PHONE,
            'PORTAL_URL' => PORTAL,
            'CONSENT_URL' => CONSENT,
        ])
        : CBitrixComponent::make('emias:doctor.slots')->show([
            'DOCTOR_ID' => (string) ($_GET['ELEMENT_ID'] ?? ''),
            'BOOKING_URL' => '/',
        ]);
    $scripts = [...Extension::$scripts, ...CBitrixComponent::$scripts];
    header('Content-Type: text/html; charset=UTF-8');
    echo strtr((string) file_get_contents(__DIR__ . '/page.html'), [
        '{{language}}' => LANGUAGE_ID,
        '{{component}}' => $component,
        '{{styles}}' => implode('', array_map(
            static fn (string $href): string => "<link rel=\"stylesheet\" href=\"$href\">",
            CBitrixComponent::$styles,
        )),
        '{{scripts}}' => implode('', array_map(
            static fn (string $src): string => "<script src=\"$src\"></script>",
            $scripts,
        )),
    ]);
}

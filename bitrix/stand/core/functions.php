<?php

declare(strict_types=1);

use Bitrix\Main\Context;

function htmlspecialcharsbx(mixed $text): string
{
    return htmlspecialchars((string) $text, ENT_QUOTES | ENT_SUBSTITUTE, 'UTF-8');
}

function bitrix_sessid(): string
{
    return $_SESSION['fixed_session_id'] ??= bin2hex(random_bytes(16));
}

function check_bitrix_sessid(): bool
{
    $offered = (string) Context::getCurrent()->getRequest()->get('sessid');

    return $offered !== '' && hash_equals(bitrix_sessid(), $offered);
}

function bitrix_sessid_post(): string
{
    return '<input type="hidden" name="sessid" value="' . bitrix_sessid() . '">';
}

function LocalRedirect(string $address): void
{
    header('Location: ' . $address, true, 302);
}

function AddMessage2Log(string $text, string $module = ''): void
{
    error_log($module . ': ' . $text);
}

<?php

declare(strict_types=1);

class CAdminMessage
{
    /** @var list<mixed> */
    public static array $shown = [];

    public static function ShowMessage(mixed $message): void
    {
        self::$shown[] = $message;
    }
}

<?php

declare(strict_types=1);

namespace Bitrix\Main;

final class Session
{
    public function getId(): string
    {
        return (string) session_id();
    }
}

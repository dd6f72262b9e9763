<?php

declare(strict_types=1);

namespace Bitrix\Main\Engine\ActionFilter;

use Bitrix\Main\Event;

final class CloseSession extends Base
{
    public function onBeforeAction(Event $event)
    {
        session_status() === PHP_SESSION_ACTIVE && session_write_close();

        return null;
    }
}

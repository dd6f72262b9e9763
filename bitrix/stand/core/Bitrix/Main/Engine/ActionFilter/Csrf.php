<?php

declare(strict_types=1);

namespace Bitrix\Main\Engine\ActionFilter;

use Bitrix\Main\Error;
use Bitrix\Main\Event;
use Bitrix\Main\EventResult;

final class Csrf extends Base
{
    public function onBeforeAction(Event $event)
    {
        if (check_bitrix_sessid()) {
            return null;
        }
        $this->errorCollection[] = new Error('Invalid csrf token', 'invalid_csrf', ['csrf' => bitrix_sessid()]);

        return new EventResult(EventResult::ERROR, null, null, $this);
    }
}

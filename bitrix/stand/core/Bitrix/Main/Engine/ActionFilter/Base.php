<?php

declare(strict_types=1);

namespace Bitrix\Main\Engine\ActionFilter;

use Bitrix\Main\ErrorCollection;
use Bitrix\Main\Errorable;
use Bitrix\Main\Event;

abstract class Base implements Errorable
{
    protected ErrorCollection $errorCollection;

    public function __construct()
    {
        $this->errorCollection = new ErrorCollection();
    }

    public function onBeforeAction(Event $event)
    {
        return null;
    }

    public function getErrors()
    {
        return $this->errorCollection->toArray();
    }

    public function getErrorByCode($code)
    {
        return $this->errorCollection->getErrorByCode($code);
    }
}

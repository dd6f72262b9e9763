<?php

declare(strict_types=1);

namespace Bitrix\Main;

interface Errorable
{
    public function getErrors();

    public function getErrorByCode($code);
}

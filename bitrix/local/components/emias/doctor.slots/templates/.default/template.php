<?php

if (!defined('B_PROLOG_INCLUDED') || B_PROLOG_INCLUDED !== true) {
    die();
}

use Bitrix\Main\Localization\Loc;
use Bitrix\Main\Web\Json;

/** @var array $arResult */
$prefix = 'EMIAS_DOCTOR_SLOTS_';
foreach (Loc::loadLanguageFile(__FILE__) as $code => $text) {
    $arResult['CONFIG']['texts'][substr($code, strlen($prefix))] = $text;
}
?>
<section class="emias-nearest" data-emias-doctor-slots="<?= htmlspecialcharsbx(Json::encode($arResult['CONFIG'])) ?>">
    <noscript>
        <a href="<?= htmlspecialcharsbx($arResult['BOOKING_URL']) ?>"><?= htmlspecialcharsbx(Loc::getMessage('EMIAS_DOCTOR_SLOTS_TO_BOOKING')) ?></a>
    </noscript>
</section>

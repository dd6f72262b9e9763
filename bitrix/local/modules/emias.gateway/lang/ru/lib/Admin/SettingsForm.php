<?php

$MESS['EMIAS_GATEWAY_OPTION_GATEWAY_URL'] = 'Адрес шлюза (https://…)';
$MESS['EMIAS_GATEWAY_OPTION_API_KEY'] = 'Ключ сайта к шлюзу (egw_…)';
$MESS['EMIAS_GATEWAY_OPTION_FEED_KEY'] = 'Ключ шлюза к ленте врачей';
$MESS['EMIAS_GATEWAY_OPTION_FEED_KEY_NEXT'] = 'Второй ключ к ленте (на время замены)';
$MESS['EMIAS_GATEWAY_OPTION_SOURCE'] = 'Где хранятся врачи';
$MESS['EMIAS_GATEWAY_OPTION_SOURCE_ID'] = 'ID инфоблока или highload-блока';
$MESS['EMIAS_GATEWAY_OPTION_FIELD_NAME'] = 'Поле с ФИО (только для highload-блока)';
$MESS['EMIAS_GATEWAY_OPTION_FIELD_LPU'] = 'Свойство: код учреждения (ЛПУ)';
$MESS['EMIAS_GATEWAY_OPTION_FIELD_EMIAS_ID'] = 'Свойство: идентификатор врача в ЕМИАС';
$MESS['EMIAS_GATEWAY_OPTION_FIELD_SPECIALTY'] = 'Свойство: специальность (пусто — раздел)';
$MESS['EMIAS_GATEWAY_SOURCE_IBLOCK'] = 'Инфоблок';
$MESS['EMIAS_GATEWAY_SOURCE_HIGHLOAD'] = 'Highload-блок';
$MESS['EMIAS_GATEWAY_SOURCE_USER'] = 'Пользователи сайта';
$MESS['EMIAS_GATEWAY_KEY_SET'] = 'задан; новый заменит его, «-» удалит';
$MESS['EMIAS_GATEWAY_KEY_ABSENT'] = 'не задан';
$MESS['EMIAS_GATEWAY_WRONG'] = 'Не сохранено, значение не подходит: #NAME#';
